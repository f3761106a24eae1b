import { compileFlow } from '../flow/compile.ts';
import type { Flow } from '../flow/flow.ts';

/** A compiled flow with these tasks, written as the YAML below `tasks:`; `rest` holds further top-level YAML. Throws on a mistake. */
export function flowWithTasks(tasks: string, rest = ''): Flow {
  return flowOf(`id: test\nnamespace: company.team\n${rest}\ntasks:\n${tasks}`);
}

export function flowOf(source: string): Flow {
  const { flow, diagnostics } = compileFlow(source);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (!flow || errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return flow;
}
