/** A task or a trigger on its own: what an editor checks while it is written, and what a TemplatedTask makes. */
import { isJsonObject } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Finding } from './checker.ts';
import { toDiagnostic } from './compile.ts';
import type { Diagnostic } from './diagnostic.ts';
import { formatDiagnostic } from './diagnostic.ts';
import type { Task, Trigger } from './flow.ts';
import { readTask, readTrigger, taskTypes } from './flow-reader.ts';
import { isRunnable } from './task-rules.ts';
import { parseYaml } from './yaml.ts';

export function compileTask(source: string): { task?: Task; diagnostics: Diagnostic[] } {
  const yaml = parseYaml(source);
  const { task, findings } = readTask(isJsonObject(yaml.value) ? yaml.value : {});
  const diagnostics = yaml.problems.length > 0 ? ofProblems(yaml.problems) : toDiagnostics(findings, yaml);
  return hasErrors(diagnostics) ? { diagnostics } : { task, diagnostics };
}

export function compileTrigger(source: string): { trigger?: Trigger; diagnostics: Diagnostic[] } {
  const yaml = parseYaml(source);
  const { trigger, findings } = readTrigger(isJsonObject(yaml.value) ? yaml.value : {});
  const diagnostics = yaml.problems.length > 0 ? ofProblems(yaml.problems) : toDiagnostics(findings, yaml);
  return hasErrors(diagnostics) ? { diagnostics } : { trigger, diagnostics };
}

/** The task that a TemplatedTask has rendered; without an id it takes that of the TemplatedTask. */
export function templatedTask(spec: string, id: string): Result<Task, string> {
  const yaml = parseYaml(spec);
  const [problem] = yaml.problems;
  if (problem !== undefined) return fail(`The rendered task is no YAML: ${problem.message}`);
  if (!isJsonObject(yaml.value)) return fail('The rendered task must be a map with a type.');
  const { task, findings } = readTask({ id, ...yaml.value });
  const fault = findings.find(({ severity }) => severity === 'error');
  if (fault !== undefined) return fail(`The rendered task is invalid: ${formatDiagnostic(toDiagnostic(fault))}`);
  if (task === undefined || !isRunnable(taskTypes.find(task.type)))
    return fail('The templated task must be a runnable task');
  if (task.type === 'core.templating.TemplatedTask')
    return fail('The templated task cannot be of type core.templating.TemplatedTask');
  return ok(task);
}

function toDiagnostics(findings: Finding[], yaml: ReturnType<typeof parseYaml>): Diagnostic[] {
  return findings.map((finding) => toDiagnostic(finding, yaml));
}

function ofProblems(problems: ReturnType<typeof parseYaml>['problems']): Diagnostic[] {
  return problems.map((problem) => ({ severity: 'error', path: '', ...problem }));
}

function hasErrors(diagnostics: Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
