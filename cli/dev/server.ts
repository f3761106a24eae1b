/** The Worker in local workerd: databases, objects, files, queues and all. */
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../src/cli-error.ts';
import { Process } from './process.ts';
import type { Settings } from './settings.ts';
import type { StateDirectory } from './state-directory.ts';
import { wrangler } from './wrangler.ts';

const HEALTHY_MS_MAX = 60_000;
const PROBE_MS = 200;
/** wrangler stays alive then and waits for an edit, which on a start helps nobody. */
const BUILD_FAILED = /Build failed with \d+ error/;

/** One's own machine may call one's own services; a deployment opens nothing by itself. */
export const LOOPBACK = '127.0.0.1,localhost,[::1]';

export async function startServer(state: StateDirectory, { port, variables: more }: Settings): Promise<Process> {
  const variables = state.variablesFile({ RONDO_EGRESS_ALLOW: LOOPBACK, ...more });
  const args = ['dev', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0', '--env-file', variables];
  const server = new Process(...wrangler([...args, '--show-interactive-dev-session=false'], state, 'server'));
  state.adopt(server.pid);
  try {
    await untilHealthy(server, `http://127.0.0.1:${port}`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function untilHealthy(server: Process, url: string): Promise<void> {
  const deadline = Date.now() + HEALTHY_MS_MAX;
  let last = 'no answer';
  while (Date.now() < deadline) {
    if (server.hasEnded) throw unhealthy('the server ended at once', server);
    if (BUILD_FAILED.test(server.tail(200))) throw unhealthy('the Worker does not build', server);
    const answer = await probe(`${url}/api/v1/configs/login`);
    if (answer === 'healthy') return;
    last = answer;
    await delay(PROBE_MS);
  }
  throw unhealthy(`the server does not become healthy (${last})`, server);
}

function unhealthy(sentence: string, server: Process): CliError {
  return new CliError(`${sentence}:\n${server.tail(25)}`, { remedy: `the whole log is in ${server.logFile}` });
}

async function probe(address: string): Promise<string> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    const body = await response.text();
    return response.ok ? 'healthy' : `it answers ${response.status}: ${body.slice(0, 300)}`;
  } catch {
    return 'no answer';
  }
}
