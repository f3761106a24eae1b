/** The product with a counter on its objects' rows: what a row costs is the bill. */
import { ExecutionObject as Counted } from '../../worker/src/objects/execution-object.ts';
import type { Env } from '../../worker/src/env.ts';

export { EdgeTasks, FlowObject, RunnerGroupObject, SchedulerObject, default } from '../../worker/src/index.ts';

export class ExecutionObject extends Counted {
  readonly #cursors: { rowsWritten: number }[];
  readonly #alarms: { count: number };

  constructor(ctx: DurableObjectState, env: Env) {
    const cursors: { rowsWritten: number }[] = [];
    const alarms = { count: 0 };
    const { storage } = ctx;
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    sql.exec = ((...args: Parameters<typeof exec>) => {
      const cursor = exec(...args);
      cursors.push(cursor);
      return cursor;
    }) as typeof sql.exec;
    const setAlarm = storage.setAlarm.bind(storage);
    storage.setAlarm = (...args) => {
      alarms.count++;
      return setAlarm(...args);
    };
    super(ctx, env);
    this.#cursors = cursors;
    this.#alarms = alarms;
  }

  /** Rows written and alarms set since it woke. */
  written(): { rows: number; alarms: number } {
    return { rows: this.#cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0), alarms: this.#alarms.count };
  }
}
