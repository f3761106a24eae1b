/** What a job says to Rondo: lines `::{…}::` in its output, and lines of JSON in the file `$RONDO_OUTPUT`. The file is the
 *  safer way: what a job prints may come from programs that it does not trust. Pure. */
import { z } from 'zod';
import { isJsonObject, parseJson } from '../../worker/src/protocol/json.ts';
import type { Json, JsonObject } from '../../worker/src/protocol/json.ts';
import type { JobMetric } from '../../worker/src/protocol/runner.ts';
import { LOG_LEVELS } from '../../worker/src/protocol/states.ts';
import type { LogLevel } from '../../worker/src/protocol/states.ts';
import { fail, ok } from '../../worker/src/result.ts';
import type { Result } from '../../worker/src/result.ts';

export const COMMAND_START = '::{';
const COMMAND = /^::(\{.*\})::\s*$/s;

export interface JobCommand {
  outputs: JsonObject;
  metrics: JobMetric[];
  logs: { level: LogLevel; message: string }[];
}

const Metric = z
  .object({
    name: z.string().min(1),
    type: z.enum(['counter', 'timer']).default('counter'),
    value: z.coerce.number(),
    tags: z.record(z.string(), z.coerce.string()).nullish(),
  })
  // A script measures in seconds; Rondo keeps milliseconds.
  .transform(({ name, type, value, tags }): JobMetric => ({
    name,
    type,
    value: type === 'timer' ? value * 1000 : value,
    tags: tags ?? {},
  }));

const Level = z
  .string()
  .transform((text) => (text.toUpperCase() === 'WARNING' ? 'WARN' : text.toUpperCase()))
  .pipe(z.enum(LOG_LEVELS));

const Command = z.object({
  outputs: z.custom<JsonObject>(isJsonObject, 'must be a map').nullish(),
  metrics: z.array(Metric).nullish(),
  logs: z.array(z.object({ level: Level.default('INFO'), message: z.coerce.string() })).nullish(),
});

/** Null for a line that is not meant for Rondo. The error says what is wrong with one that is. */
export function readCommandLine(line: string): Result<JobCommand, string> | null {
  const json = COMMAND.exec(line)?.[1];
  return json === undefined ? null : readCommand(json);
}

export function readCommand(json: string): Result<JobCommand, string> {
  let value: Json;
  try {
    value = parseJson(json);
  } catch {
    return fail('it is not JSON');
  }
  const command = Command.safeParse(value);
  if (!command.success) {
    const [issue] = command.error.issues;
    return fail(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  const { outputs, metrics, logs } = command.data;
  return ok({ outputs: outputs ?? {}, metrics: metrics ?? [], logs: logs ?? [] });
}

/** What the commands of one job add up to: of outputs with one name the last counts. */
export class JobResults {
  // A Map, because a job may name an output `__proto__`.
  readonly #vars = new Map<string, Json>();
  readonly metrics: JobMetric[] = [];

  add({ outputs, metrics }: JobCommand): void {
    for (const [name, value] of Object.entries(outputs)) this.#vars.set(name, value);
    this.metrics.push(...metrics);
  }

  vars(): JsonObject {
    return Object.fromEntries(this.#vars);
  }
}
