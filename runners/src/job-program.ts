/** From a JobSpec to what is started: shell lines, environment, arguments. Pure. */
import { basename } from 'node:path';
import { placeDirectories } from '../../worker/src/protocol/job.ts';
import type { JobSpec } from '../../worker/src/protocol/job.ts';

export interface JobDirectories {
  workingDir: string;
  outputDir: string;
}

/** A job that runs a program. */
export type ProgramSpec = JobSpec & { work: Extract<JobSpec['work'], { kind: 'script' | 'commands' }> };

/** Ends where a shell or a string would end it; parentheses belong to it in pairs. */
const URI = /kestra:\/\/\/(?:[^\s'"`<>|;,(){}[\]\\]|\([^\s'"()]*\))+/g;

/** URIs of stored files in everything that the job says: they are downloaded and replaced by paths. */
export function urisIn(spec: JobSpec): string[] {
  const texts = [...spec.beforeCommands, ...Object.values(spec.env)];
  if (spec.work.kind === 'script') texts.push(spec.work.script);
  if (spec.work.kind === 'commands') texts.push(...spec.work.commands);
  return [...new Set(texts.flatMap((text) => text.match(URI) ?? []))];
}

export function isUri(text: string): boolean {
  return text.startsWith('kestra:///');
}

/** The job with its directories and the paths of downloaded files put in. */
export function withPaths(
  spec: ProgramSpec,
  directories: JobDirectories,
  paths: ReadonlyMap<string, string>,
): ProgramSpec {
  const place = (text: string) => placeDirectories(text, directories).replace(URI, (uri) => paths.get(uri) ?? uri);
  const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, place(value)]));
  const work =
    spec.work.kind === 'script'
      ? { ...spec.work, script: place(spec.work.script) }
      : { ...spec.work, commands: spec.work.commands.map(place) };
  return { ...spec, env, work, beforeCommands: spec.beforeCommands.map(place) };
}

/** The shell lines around the work. Null: there are none, the script's program can be started directly. */
export function shellLines(spec: ProgramSpec, scriptPath: string): string | null {
  const { work, interpreter, failFast } = spec;
  const before = [...dependencyLines(spec), ...spec.beforeCommands];
  if (work.kind === 'script' && before.length === 0) return null;
  const [stop, goOn] = failFastLines(interpreter[0] ?? '');
  const lines = before.length > 0 || failFast ? [stop, ...before, failFast ? '' : goOn] : [];
  const body = work.kind === 'script' ? [[...work.program, scriptPath].map(quoted).join(' ')] : work.commands;
  return [...lines, ...body].filter((line) => line !== '').join('\n');
}

/** What makes a shell end at the first failure, and what makes it go on again. */
function failFastLines(interpreter: string): [string, string] {
  const name = basename(interpreter).replace(/\.exe$/, '');
  if (/^(ba|da|z|k|a)?sh$/.test(name)) return ['set -e', 'set +e'];
  if (name === 'pwsh' || name === 'powershell')
    return ["$ErrorActionPreference = 'Stop'", "$ErrorActionPreference = 'Continue'"];
  return ['', ''];
}

/** Packages go into the job's own directory, never into the machine. */
function dependencyLines({ dependencies }: JobSpec): string[] {
  if (dependencies === undefined || dependencies.packages.length === 0) return [];
  const packages = dependencies.packages.map(quoted).join(' ');
  const cache = dependencies.cache ? '' : ' --no-cache-dir';
  switch (dependencies.language) {
    case 'python':
      return [
        'python3 -m venv .venv',
        '. .venv/bin/activate',
        `pip install --quiet --disable-pip-version-check${cache} ${packages}`,
      ];
    case 'node':
      return [`npm install --silent --no-save --no-fund --no-audit ${packages}`];
    default:
      throw new Error(
        `this runner cannot install dependencies for ${dependencies.language}; install them in beforeCommands`,
      );
  }
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What a job sees of where it runs; what else is there is up to its task runner. */
export function environment(spec: JobSpec, directories: JobDirectories, resultsFile: string): Record<string, string> {
  return {
    WORKING_DIR: directories.workingDir,
    OUTPUT_DIR: directories.outputDir,
    RONDO_OUTPUT: resultsFile,
    ...spec.env,
  };
}
