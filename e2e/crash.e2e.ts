/** The machine loses power in the middle of an execution. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { signalGroup } from '../cli/dev/process.ts';
import { startRondo } from '../cli/dev/rondo.ts';
import { startRunner } from '../cli/dev/runner.ts';
import { freePort } from '../cli/dev/settings.ts';
import { Client } from '../cli/src/client/client.ts';
import { createFlow } from '../cli/src/client/flows.ts';
import { getExecution, startExecution } from '../cli/src/client/executions.ts';
import { testTerminal } from '../cli/src/testing/test-terminal.ts';
import { watchExecution } from '../cli/src/watch-execution.ts';

test('after kill -9 of the server in the middle, a new start finishes the execution and repeats no finished task', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rondo-crash-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const settings = { port: await freePort(), state: join(directory, 'state'), withRunner: false };
  const started = join(directory, 'started');
  const release = join(directory, 'release');

  const first = await startRondo(settings, () => undefined);
  const { url, credentials } = first;
  const connection = { url, tenant: credentials.tenant, token: credentials.token };
  const place = { directory: join(directory, 'runner'), logFile: (name: string) => join(directory, `${name}.log`) };
  const runner = await startRunner(connection, place);
  onTestFinished(() => runner.stop());

  const client = new Client(connection);
  await createFlow(client, twoScripts(started, release));
  const { id } = await startExecution(
    client,
    { namespace: 'e2e.crash', flowId: 'two-scripts' },
    { inputs: {}, labels: [] },
  );
  await expect.poll(() => existsSync(started) && linesOf(started), { timeout: 60_000 }).toEqual(['prepare', 'work']);

  signalGroup(first.server.pid, 'SIGKILL');
  expect(await first.failed).toContain('the server ended by itself (SIGKILL)');
  await first.stop();

  const second = await startRondo(settings, () => undefined);
  onTestFinished(() => second.stop());
  await writeFile(release, '');
  await watchExecution(client, id, testTerminal(), { printLogs: false, minLevel: 'INFO', timeoutMs: 90_000 });
  const execution = await getExecution(client, id);
  expect(execution.state.current).toBe('SUCCESS');
  expect(execution.outputs).toEqual({ answer: 42 });
  expect((await linesOf(started)).filter((line) => line === 'prepare')).toHaveLength(1);
  expect((await linesOf(started)).filter((line) => line === 'done')).toHaveLength(1);
});

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).trim().split('\n');
}

/** The second script waits until the test lets it go on, so that the crash comes in its middle. */
function twoScripts(started: string, release: string): string {
  return `id: two-scripts
namespace: e2e.crash
tasks:
  - id: prepare
    type: scripts.shell.Commands
    taskRunner:
      type: core.runner.Process
    commands:
      - echo prepare >> ${started}
  - id: work
    type: scripts.shell.Commands
    taskRunner:
      type: core.runner.Process
    commands:
      - echo work >> ${started}
      - until [ -e ${release} ]; do sleep 0.2; done
      - echo done >> ${started}
      - echo '::{"outputs":{"answer":42}}::'
outputs:
  - id: answer
    type: INT
    value: "{{ outputs.work.vars.answer }}"
`;
}
