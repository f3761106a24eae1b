import { TaskFailure } from './task.ts';

/** The body of a type that is described and checked, but cannot run. */
export function notAvailableYet(type: string): never {
  throw new TaskFailure(`The task type ${type} is not available yet.`);
}
