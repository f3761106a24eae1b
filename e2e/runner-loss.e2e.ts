/** A runner loses power in the middle of a job. */
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
import { getExecution, startExecution } from '../cli/src/client/executions.ts';
import { createFlow } from '../cli/src/client/flows.ts';
import { testTerminal } from '../cli/src/testing/test-terminal.ts';
import { watchExecution } from '../cli/src/watch-execution.ts';

/** Long enough for a loaded machine to renew it, short enough to wait for its end. */
const LEASE_MS = 6_000;

test('after kill -9 of a runner its job is lost with its lease, runs again elsewhere, and the execution finishes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rondo-runner-loss-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const started = join(directory, 'started');
  const release = join(directory, 'release');
  const rondo = await startRondo(
    {
      port: await freePort(),
      state: join(directory, 'state'),
      withRunner: false,
      variables: { RONDO_LEASE_MS: String(LEASE_MS) },
    },
    () => undefined,
  );
  onTestFinished(() => rondo.stop());
  const { tenant, token } = rondo.credentials;
  const connection = { url: rondo.url, tenant, token };
  const place = (name: string) => ({
    directory: join(directory, name),
    logFile: (log: string) => join(directory, `${name}-${log}.log`),
  });

  const lost = await startRunner(connection, place('lost'));
  const client = new Client(connection);
  await createFlow(client, waiting(started, release));
  const { id } = await startExecution(client, { namespace: 'e2e.loss', flowId: 'waiting' }, { inputs: {}, labels: [] });
  await expect.poll(() => existsSync(started), { timeout: 60_000 }).toBe(true);
  signalGroup(lost.pid, 'SIGKILL');
  await lost.ended;

  const other = await startRunner(connection, place('other'));
  onTestFinished(() => other.stop());
  await writeFile(release, '');
  await watchExecution(client, id, testTerminal(), { printLogs: false, minLevel: 'INFO', timeoutMs: 90_000 });

  const execution = await getExecution(client, id);
  expect(execution.state.current).toBe('SUCCESS');
  const attempts = execution.taskRunList?.[0]?.attempts ?? [];
  expect(attempts.map(({ state }) => state.current)).toEqual(['KILLED', 'SUCCESS']);
  expect((await readFile(started, 'utf8')).trim().split('\n')).toEqual(['started', 'started', 'done']);
});

/** The script waits until the test lets it go on, so that the loss comes in its middle. */
function waiting(started: string, release: string): string {
  return `id: waiting
namespace: e2e.loss
tasks:
  - id: work
    type: scripts.shell.Commands
    taskRunner:
      type: core.runner.Process
    commands:
      - echo started >> ${started}
      - until [ -e ${release} ]; do sleep 0.2; done
      - echo done >> ${started}
`;
}
