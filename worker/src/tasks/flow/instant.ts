import { TaskFailure } from '../task.ts';

/** Epoch milliseconds of a task's `scheduleDate`. */
export function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new TaskFailure(`Invalid scheduleDate \`${text}\`: write an ISO date-time with its offset.`);
  }
  return at;
}
