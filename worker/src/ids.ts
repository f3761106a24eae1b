/** A branded type per kind of id, and how ids of executions and task runs are made.
 *
 *  An execution id is 22 base-62 characters. The first is an upper-case letter, which no namespace can start with, so
 *  `/executions/{id}/{verb}` and `/executions/{namespace}/{flow}` never collide. The next two carry the number of the
 *  shard that holds the execution, so that a tenant can be given more shards without moving anything. */

type Brand<T, Name extends string> = T & { readonly __kind: Name };

export type TenantId = Brand<string, 'tenant'>;
export type UserId = Brand<string, 'user'>;
export type ExecutionId = Brand<string, 'execution'>;
export type TaskRunId = Brand<string, 'task-run'>;
export type RunnerId = Brand<string, 'runner'>;
export type JobId = Brand<string, 'job'>;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LETTERS = DIGITS.slice(10, 36);

export const EXECUTION_ID_LENGTH = 22;
export const SHARDS_MAX = 62 * 62;

/** An execution id on `shard`, whose other characters come from at least 19 `bytes` (random, or a hash of a client's key). */
export function executionId(shard: number, bytes: Uint8Array): ExecutionId {
  const letter = LETTERS.charAt(byteAt(bytes, 0) % 26);
  const place = DIGITS.charAt(Math.floor(shard / 62)) + DIGITS.charAt(shard % 62);
  return (letter + place + base62(bytes.subarray(1), EXECUTION_ID_LENGTH - 3)) as ExecutionId;
}

export function isExecutionId(text: string): text is ExecutionId {
  return /^[A-Z][0-9A-Za-z]{21}$/.test(text);
}

export function shardOf(id: ExecutionId): number {
  return DIGITS.indexOf(id.charAt(1)) * 62 + DIGITS.indexOf(id.charAt(2));
}

/** The id of an execution's `index`-th task run: derived, so that a repeated event makes the same one. */
export function taskRunId(execution: ExecutionId, index: number): TaskRunId {
  let tail = '';
  for (let rest = index, n = 0; n < 4; n++, rest = Math.floor(rest / 62)) tail = DIGITS.charAt(rest % 62) + tail;
  return (execution.slice(3, 21) + tail) as TaskRunId;
}

/** The index that a task run id carries; the caller checks that this task run exists and has this id. */
export function taskRunIndex(id: string): number {
  let index = 0;
  for (const digit of id.slice(-4)) index = index * 62 + DIGITS.indexOf(digit);
  return index;
}

/** `length` base-62 characters, one from each byte; 256 is no multiple of 62, which is harmless for ids. */
export function base62(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let n = 0; n < length; n++) text += DIGITS.charAt(byteAt(bytes, n) % 62);
  return text;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index % bytes.length] ?? 0;
}
