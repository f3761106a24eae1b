import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '../../../worker/src/protocol/json.ts';
import { CliError } from '../cli-error.ts';
import { Execution, LogEntries, LogEntry } from './answers.ts';
import type { Client } from './client.ts';
import { readEvents } from './event-stream.ts';
import { ProblemError } from './problem.ts';

/** An input as the command line gives it: text, or a file with its own name. */
export type InputValue = string | { name: string; content: Uint8Array<ArrayBuffer> };

export async function startExecution(
  client: Client,
  flow: { namespace: string; flowId: string },
  { inputs, labels, revision }: { inputs: Record<string, InputValue>; labels: string[]; revision?: string },
): Promise<Execution> {
  const form = new FormData();
  for (const [id, value] of Object.entries(inputs)) {
    if (typeof value === 'string') form.append(id, value);
    else form.append(id, new Blob([value.content]), value.name);
  }
  const path = `executions/${encodeURIComponent(flow.namespace)}/${encodeURIComponent(flow.flowId)}`;
  const body = Object.keys(inputs).length === 0 ? undefined : form;
  return Execution.parse(await client.call('POST', path, { query: { labels, revision }, body }));
}

export async function getExecution(client: Client, id: string): Promise<Execution> {
  return Execution.parse(
    await client.call('GET', `executions/${encodeURIComponent(id)}`, { query: { expand: 'taskRunList' } }),
  );
}

export async function getLogs(client: Client, id: string, minLevel: string): Promise<LogEntry[]> {
  return LogEntries.parse(await client.call('GET', `logs/${encodeURIComponent(id)}`, { query: { minLevel } }));
}

/** Every state of an execution from now to its end. */
export async function* followExecution(client: Client, id: string, signal: AbortSignal): AsyncGenerator<Execution> {
  for await (const event of follow(client, `executions/${encodeURIComponent(id)}/follow`, {}, signal)) {
    yield Execution.parse(parseJson(event.data));
  }
}

/** Log entries as they are written; after a reconnect earlier ones come again. Ends by `signal` only. */
export async function* followLogs(
  client: Client,
  id: string,
  minLevel: string,
  signal: AbortSignal,
): AsyncGenerator<LogEntry> {
  for await (const event of follow(client, `logs/${encodeURIComponent(id)}/follow`, { minLevel }, signal)) {
    if (event.id === 'start') continue;
    yield LogEntry.parse(parseJson(event.data));
  }
}

const RECONNECT_MS_MIN = 250;
const RECONNECT_MS_MAX = 10_000;

/** A live stream that survives dropped connections. The server's word that it is over is the event `end`; anything else
 *  that ends the stream is an accident, answered by asking again. */
async function* follow(client: Client, path: string, query: Record<string, string>, signal: AbortSignal) {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const response = await client.send('GET', path, { query, signal });
      if (response.body === null) throw new CliError(`GET ${path} answered without a body`);
      for await (const event of readEvents(response.body)) {
        failures = 0;
        yield event;
        if (event.id === 'end') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ProblemError && error.status < 500 && error.status !== 429) throw error;
    }
    failures += 1;
    const ceiling = Math.min(RECONNECT_MS_MAX, RECONNECT_MS_MIN * 2 ** failures);
    await delay(RECONNECT_MS_MIN + Math.random() * ceiling, undefined, { signal }).catch(() => undefined);
  }
}
