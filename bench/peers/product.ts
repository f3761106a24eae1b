/** Rondo's whole path: an authenticated request starts an execution of a stored flow, whose task runs, logs and outputs can be
 *  read afterwards. */
import { randomBytes } from 'node:crypto';
import { signUp } from '../../cli/dev/account.ts';
import { productWorker } from './bundle.ts';
import { post } from './http.ts';
import { migrate } from './migrate.ts';
import type { Job, Peer } from './peer.ts';
import { startRuntime } from './runtime.ts';
import type { Runtime } from './runtime.ts';

const NAMESPACE = 'bench';

export interface Product extends Peer {
  runtime: Runtime;
  deploy(source: string): Promise<void>;
  /** The execution, when it has ended. */
  start(flowId: string): Promise<{ id: string; state: { current: string } }>;
  url(path: string): string;
  headers: Record<string, string>;
}

export interface ProductOptions {
  /** Exports what the product's own main file does, and may add to it. */
  entry?: string;
  /** Names stay as they are written, and an inspector listens. */
  inspected?: boolean;
}

export async function startProduct({ entry, inspected = false }: ProductOptions = {}): Promise<Product> {
  const secret = randomBytes(32).toString('base64url');
  const runtime = await startRuntime(
    productWorker(entry ?? 'worker/src/index.ts', { minify: !inspected, bindings: { RONDO_SECRET: secret } }),
    { inspected },
  );
  await migrate(runtime.miniflare);
  const { tenant, token } = await signUp(runtime.url, { email: 'bench@rondo.local', tenant: 'bench', name: 'Bench' });
  const headers = { authorization: `Bearer ${token}` };
  const url = (path: string) => `${runtime.url}/api/v1/${tenant}/${path}`;
  const deploy = async (source: string) => {
    await post(url('flows'), { ...headers, 'content-type': 'application/x-yaml' }, source);
  };
  const known = new Set<string>();
  const prepare = async (job: Job) => {
    if (!known.has(job.name)) await deploy(flowOf(job));
    known.add(job.name);
  };
  const start = async (flowId: string) => {
    const text = await post(url(`executions/${NAMESPACE}/${flowId}?wait=true`), headers);
    const execution = JSON.parse(text) as { id: string; state: { current: string } };
    if (execution.state.current !== 'SUCCESS') throw new Error(`${flowId} ended ${execution.state.current}`);
    return execution;
  };
  return {
    ...{ name: 'rondo', runtime, headers, url, deploy, prepare, start },
    run: async (job) => void (await start(job.name)),
    usage: runtime.usage,
    stop: runtime.stop,
  };
}

function flowOf({ name, shape, tasks }: Job): string {
  const head = `id: ${name}\nnamespace: ${NAMESPACE}\ntasks:\n`;
  const one = (id: string, format: string) =>
    `- id: ${id}\n  type: io.kestra.plugin.core.debug.Return\n  format: "${format}"\n`;
  if (shape === 'sequence') {
    return head + Array.from({ length: tasks }, (_, n) => one(`t${n}`, `${n} of {{ flow.id }}`)).join('');
  }
  const values = JSON.stringify(Array.from({ length: tasks }, (_, n) => n));
  const inner = one('each', '{{ taskrun.value }}').replaceAll(/^/gm, '    ').trimEnd();
  return `${head}- id: all\n  type: io.kestra.plugin.core.flow.ForEach\n  concurrencyLimit: 0\n  values: ${values}\n  tasks:\n${inner}\n`;
}
