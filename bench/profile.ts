/** Where the time goes: samples the Worker and its objects while one job runs, and prints the functions that took most. */
import { closedLoop } from './load.ts';
import { startProduct } from './peers/product.ts';
import type { Program } from './program.ts';
import { round } from './statistics.ts';

const SHOWN = 50;
const LOADS = [
  { job: { name: 'j1', shape: 'sequence', tasks: 1 }, count: 1_000, inFlight: 32 },
  { job: { name: 'j2', shape: 'sequence', tasks: 100 }, count: 50, inFlight: 1 },
  { job: { name: 'j3', shape: 'fan-out', tasks: 100 }, count: 50, inFlight: 1 },
] as const;

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; lineNumber: number };
  hitCount: number;
  children?: number[];
}

export const profile: Program = {
  title:
    'where the time of one task, of a hundred in sequence and of a hundred at once goes, as the inspector samples it',
  async run({ print }) {
    const product = await startProduct({ inspected: true });
    const inspector = await Inspector.connect(await product.runtime.miniflare.getInspectorURL());
    try {
      await inspector.call('Profiler.enable');
      for (const { job, count, inFlight } of LOADS) {
        await product.prepare(job);
        await closedLoop(count, inFlight, () => product.run(job));
        await inspector.call('Profiler.start');
        await closedLoop(count, inFlight, () => product.run(job));
        const { profile } = (await inspector.call('Profiler.stop')) as { profile: { nodes: ProfileNode[] } };
        for (const line of hottest(profile.nodes)) print({ job: job.name, ...line });
      }
    } finally {
      inspector.close();
      await product.stop();
    }
  },
};

/** Share of all samples: in the function itself, and in it with what it called. */
function hottest(nodes: readonly ProfileNode[]) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const all = nodes.reduce((sum, { hitCount }) => sum + hitCount, 0);
  const functions = new Map<string, { self: number; total: number }>();
  const visit = (node: ProfileNode, above: ReadonlySet<string>): number => {
    const { functionName, lineNumber } = node.callFrame;
    const name = `${functionName || 'anonymous'}:${lineNumber + 1}`;
    const inside = new Set([...above, name]);
    const below = (node.children ?? []).reduce((sum, id) => {
      const child = byId.get(id);
      return child === undefined ? sum : sum + visit(child, inside);
    }, 0);
    const total = node.hitCount + below;
    const known = functions.get(name) ?? { self: 0, total: 0 };
    functions.set(name, { self: known.self + node.hitCount, total: known.total + (above.has(name) ? 0 : total) });
    return total;
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, new Set());
  const share = (hits: number) => round((hits / all) * 100, 1);
  return [...functions]
    .sort(([, a], [, b]) => b.total - a.total)
    .slice(0, SHOWN)
    .map(([name, { self, total }]) => ({ function: name, self: share(self), total: share(total) }));
}

class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
      if (id !== undefined) this.#waiting.get(id)?.(result);
    });
  }

  static async connect(base: URL): Promise<Inspector> {
    const list = (await (await fetch(`http://${base.host}/json`)).json()) as {
      id: string;
      webSocketDebuggerUrl: string;
    }[];
    const target = list.find(({ id }) => id.includes('rondo')) ?? list[0];
    if (target === undefined) throw new Error('the inspector knows no Worker');
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return new Inspector(socket);
  }

  call(method: string): Promise<unknown> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#socket.close();
  }
}
