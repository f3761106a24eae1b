/** The engine's own jobs, beside the platform's floor and Cloudflare Workflows: one run, the peers in turn, so that the figures are
 *  ratios and not moods of the machine. */
import { closedLoop } from './load.ts';
import { startFloor, startWorkflows } from './peers/plain.ts';
import type { Job, Peer } from './peers/peer.ts';
import { startProduct } from './peers/product.ts';
import type { Bench, Program } from './program.ts';
import { median, percentile, round } from './statistics.ts';

interface Load {
  job: Job;
  name: string;
  inFlight: number;
  /** Executions in a round, and for a peer that would take too long otherwise. */
  count: number;
  fewer?: Partial<Record<string, number>>;
  /** What a figure is about: executions per second, or milliseconds of one. */
  unit: 'executions/s' | 'ms';
}

const J1: Job = { name: 'j1', shape: 'sequence', tasks: 1 };
const J2: Job = { name: 'j2', shape: 'sequence', tasks: 100 };
const J3: Job = { name: 'j3', shape: 'fan-out', tasks: 100 };
const J3K: Job = { name: 'j3k', shape: 'fan-out', tasks: 1000 };

const LOADS: readonly Load[] = [
  { name: 'J1', job: J1, inFlight: 32, count: 1000, fewer: { workflows: 160 }, unit: 'executions/s' },
  { name: 'J1 alone', job: J1, inFlight: 1, count: 100, fewer: { workflows: 20 }, unit: 'ms' },
  { name: 'J2', job: J2, inFlight: 1, count: 10, fewer: { workflows: 1 }, unit: 'ms' },
  { name: 'J3', job: J3, inFlight: 1, count: 10, fewer: { workflows: 1 }, unit: 'ms' },
  { name: 'J3k', job: J3K, inFlight: 1, count: 3, fewer: { workflows: 1 }, unit: 'ms' },
];

interface Round {
  value: number;
  p50: number;
  p99: number;
  cpuMs: number;
  rss: number;
}

export const engine: Program = {
  title: 'one task, a hundred in sequence, a hundred and a thousand at once: Rondo, the floor, Cloudflare Workflows',
  async run(bench) {
    const peers = [await startProduct(), await startFloor(), await startWorkflows()];
    try {
      for (const load of LOADS) await measure(load, peers, bench);
    } finally {
      await Promise.all(peers.map((peer) => peer.stop()));
    }
  },
};

async function measure(load: Load, peers: readonly Peer[], { rounds, print, say }: Bench): Promise<void> {
  const measured = new Map(peers.map((peer): [Peer, Round[]] => [peer, []]));
  for (const peer of peers) {
    await peer.prepare(load.job);
    await closedLoop(Math.min(load.inFlight * 2, 64), load.inFlight, () => peer.run(load.job));
  }
  for (let n = 1; n <= rounds; n++) {
    for (const peer of peers) {
      const one = await oneRound(load, peer);
      measured.get(peer)?.push(one);
      say(`${load.name} ${n}/${rounds} ${peer.name}: ${one.value} ${load.unit}`);
    }
  }
  for (const [peer, all] of measured) print({ job: load.name, peer: peer.name, unit: load.unit, ...summary(all) });
  print({ job: load.name, ...ratios(load, measured) });
}

async function oneRound(load: Load, peer: Peer): Promise<Round> {
  const count = load.fewer?.[peer.name] ?? load.count;
  const before = peer.usage();
  const { latencies, ms } = await closedLoop(count, load.inFlight, () => peer.run(load.job));
  const after = peer.usage();
  return {
    value: round(load.unit === 'ms' ? median(latencies) : (count / ms) * 1000),
    p50: round(median(latencies)),
    p99: round(percentile(latencies, 0.99)),
    cpuMs: round((after.cpuMs - before.cpuMs) / count),
    rss: Math.round(after.rss / 1e6),
  };
}

function summary(all: readonly Round[]) {
  const values = all.map(({ value }) => value);
  return {
    median: median(values),
    range: [Math.min(...values), Math.max(...values)],
    p50: median(all.map(({ p50 }) => p50)),
    p99: median(all.map(({ p99 }) => p99)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
    rssMb: all.at(-1)?.rss,
  };
}

/** Round by round, then the median: what slowed one down slowed the others down too. */
function ratios(load: Load, measured: ReadonlyMap<Peer, readonly Round[]>) {
  const [own, floor, workflows] = [...measured.values()];
  const against = (other: readonly Round[] | undefined) =>
    round(median((own ?? []).map(({ value }, n) => value / (other?.[n]?.value ?? Number.NaN))), 3);
  const p99 = median((own ?? []).map(({ p99, p50 }) => p99 / p50));
  return {
    ratio: { floor: against(floor), workflows: against(workflows) },
    ...(load.inFlight === 1 && { p99: round(p99) }),
  };
}
