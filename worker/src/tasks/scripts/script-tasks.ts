/** `scripts.<language>.Script` and `scripts.<language>.Commands`, from one table. */
import * as z from '../../zod.ts';
import { dynamicText, dynamicTexts } from '../properties.ts';
import { defineRunnerTask } from '../task.ts';
import type { TaskDefinition } from '../task.ts';
import { dependencyProperties, jobOf, ScriptOutput, scriptProperties } from './script-properties.ts';
import type { ScriptLanguage } from './script-properties.ts';

interface Language extends ScriptLanguage {
  title: string;
  /** Runs a file of the script whose name is the last argument. */
  program: string[];
  extension: string;
  /** Packages can be named in the task. */
  hasDependencies?: boolean;
  /** One line of it, for the examples. */
  hello: string;
  /** Shell line of the example of Commands. */
  command: string;
}

export const LANGUAGES: readonly Language[] = [
  {
    name: 'shell',
    title: 'shell',
    image: 'ubuntu',
    program: ['/bin/sh'],
    extension: '.sh',
    hello: 'echo hello',
    command: 'ls -l',
  },
  {
    name: 'python',
    title: 'Python',
    image: 'python:3.13-slim',
    program: ['python3'],
    extension: '.py',
    hasDependencies: true,
    hello: 'print("hello")',
    command: 'python main.py',
  },
  {
    name: 'node',
    title: 'Node.js',
    image: 'node',
    program: ['node'],
    extension: '.js',
    hasDependencies: true,
    hello: 'console.log("hello")',
    command: 'node main.js',
  },
  {
    name: 'r',
    title: 'R',
    image: 'r-base',
    program: ['Rscript'],
    extension: '.R',
    hasDependencies: true,
    hello: 'print("hello")',
    command: 'Rscript main.R',
  },
  {
    name: 'julia',
    title: 'Julia',
    image: 'julia',
    program: ['julia'],
    extension: '.jl',
    hello: 'println("hello")',
    command: 'julia main.jl',
  },
  {
    name: 'ruby',
    title: 'Ruby',
    image: 'ruby',
    program: ['ruby'],
    extension: '.rb',
    hasDependencies: true,
    hello: 'puts "hello"',
    command: 'ruby main.rb',
  },
  {
    name: 'powershell',
    title: 'PowerShell',
    image: 'ghcr.io/kestra-io/powershell:latest',
    program: ['pwsh', '-NoProfile', '-NonInteractive', '-File'],
    interpreter: ['pwsh', '-NoProfile', '-NonInteractive', '-Command'],
    extension: '.ps1',
    hello: 'Write-Output hello',
    command: './main.ps1',
  },
  {
    name: 'go',
    title: 'Go',
    image: 'golang',
    program: ['go', 'run'],
    extension: '.go',
    hello: 'package main\nfunc main() { println("hello") }',
    command: 'go run main.go',
  },
  {
    name: 'bun',
    title: 'Bun',
    image: 'oven/bun',
    program: ['bun', 'run'],
    extension: '.ts',
    hasDependencies: true,
    hello: 'console.log("hello")',
    command: 'bun run main.ts',
  },
  {
    name: 'deno',
    title: 'Deno',
    image: 'denoland/deno',
    program: ['deno', 'run', '-A'],
    extension: '.ts',
    hello: 'console.log("hello")',
    command: 'deno run main.ts',
  },
  {
    name: 'perl',
    title: 'Perl',
    image: 'perl',
    program: ['perl'],
    extension: '.pl',
    hello: 'print "hello\\n";',
    command: 'perl main.pl',
  },
  {
    name: 'php',
    title: 'PHP',
    image: 'php',
    program: ['php'],
    extension: '.php',
    hello: '<?php echo "hello";',
    command: 'php main.php',
  },
  {
    name: 'lua',
    title: 'Lua',
    image: 'nickblah/lua',
    program: ['lua'],
    extension: '.lua',
    hello: 'print("hello")',
    command: 'lua main.lua',
  },
  {
    name: 'dotnet',
    title: '.NET',
    image: 'mcr.microsoft.com/dotnet/sdk',
    program: ['dotnet', 'run'],
    extension: '.cs',
    hello: 'Console.WriteLine("hello");',
    command: 'dotnet run',
  },
  {
    name: 'groovy',
    title: 'Groovy',
    image: 'groovy',
    program: ['groovy'],
    extension: '.groovy',
    hello: 'println "hello"',
    command: 'groovy main.groovy',
  },
  {
    name: 'jbang',
    title: 'JBang',
    image: 'jbangdev/jbang-action',
    program: ['jbang'],
    extension: '.java',
    hello: 'void main() { System.out.println("hello"); }',
    command: 'jbang main.java',
  },
];

export const scriptTasks: readonly TaskDefinition[] = LANGUAGES.flatMap((language) => [
  scriptTask(language),
  commandsTask(language),
]);

function scriptTask(language: Language): TaskDefinition {
  const { name, title, program, extension } = language;
  return defineRunnerTask({
    type: `scripts.${name}.Script`,
    title: `Run a ${title} script`,
    input: z.object({
      script: dynamicText().describe('The text of the script.'),
      ...scriptProperties,
      ...languageProperties(language),
    }),
    output: ScriptOutput,
    examples: [{ title: 'Hello', yaml: `script: |\n${indent(language.hello)}` }],
    // A shell script is shell lines: its interpreter runs it, and `failFast` holds for it.
    job: ({ script, ...input }) =>
      name === 'shell'
        ? jobOf(input, { kind: 'commands', commands: [script] }, language)
        : jobOf(input, { kind: 'script', script, extension, program }, language),
  });
}

function commandsTask(language: Language): TaskDefinition {
  const { name, title } = language;
  return defineRunnerTask({
    type: `scripts.${name}.Commands`,
    title: name === 'shell' ? 'Run shell commands' : `Run shell commands where ${title} is installed`,
    input: z.object({
      commands: dynamicTexts().describe('Shell lines; they share one process.'),
      ...scriptProperties,
      ...languageProperties(language),
    }),
    output: ScriptOutput,
    examples: [{ title: 'One command', yaml: `commands:\n  - ${language.command}` }],
    job: (input) => jobOf(input, { kind: 'commands', commands: input.commands }, language),
  });
}

/** What only some languages have; `jobOf` knows all of it as optional. */
function languageProperties({ name, hasDependencies }: Language): object {
  const own =
    name === 'python'
      ? { pythonVersion: dynamicText().optional().describe('Version that packages are installed for.') }
      : {};
  return hasDependencies === true ? { ...dependencyProperties, ...own } : own;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
