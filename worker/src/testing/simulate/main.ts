/** `npm run simulate -- --seeds 10000 [--from 1] [--processes 2]`: random worlds by the thousand, in several processes: for each
 *  seed one of the engine, and one of schedules and backfills. Prints the seeds that break a promise, those of the engine with
 *  the smallest flow and the shortest story found, and then fails. */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { shrink } from './shrink.ts';
import type { Simulation } from './simulate-engine.ts';
import { simulateSchedule } from './simulate-schedule.ts';
import type { ScheduleSimulation } from './simulate-schedule.ts';

/** The engine alone, and the objects around it on a simulated platform. */
const WORLDS = {
  engine: async () => (await import('./simulate-engine.ts')).simulateEngine,
  objects: async () => (await import('./simulate-objects.ts')).simulateObjects,
};
type World = keyof typeof WORLDS;

interface Share {
  world: World;
  from: number;
  seeds: number;
  /** Distance between two seeds of one process. */
  stride: number;
}

type Message =
  { type: 'progress'; seeds: number; steps: number } | { type: 'failure'; simulation: Simulation | ScheduleSimulation };

const PROGRESS_SEEDS = 50;
/** Failures that one process looks into: more are mostly the same. */
const FAILURES_MAX = 3;

if (process.send === undefined) await everything();
else await share(JSON.parse(process.argv[2] ?? '') as Share, (message) => void process.send?.(message));

async function everything(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      processes: { type: 'string', default: '2' },
      world: { type: 'string', default: '' },
    },
  });
  const all = Object.keys(WORLDS) as World[];
  const wanted = all.filter((world) => values.world === '' || values.world === world);
  if (wanted.length === 0) throw new Error(`'${values.world}' is no world: there are ${all.join(' and ')}`);
  const [seeds, from, processes] = [count(values.seeds), count(values.from), count(values.processes)];
  for (const world of wanted) {
    const isGood = await simulate({ world, from, seeds, stride: processes });
    if (!isGood) process.exitCode = 1;
  }
}

async function simulate({ world, from, seeds, stride }: Share): Promise<boolean> {
  const begun = performance.now();
  const done = { seeds: 0, steps: 0, failures: 0 };
  const show = (message: Message) => {
    if (message.type === 'failure') {
      done.failures++;
      process.stdout.write(`\n${story(message.simulation)}\n`);
      return;
    }
    done.seeds += message.seeds;
    done.steps += message.steps;
    if (process.stdout.isTTY) process.stdout.write(`\r${world}: ${done.seeds} of ${seeds} seeds, ${done.steps} steps`);
  };
  const codes = await Promise.all(
    Array.from({ length: stride }, (_, n) =>
      runShare({ world, from: from + n, seeds: Math.ceil((seeds - n) / stride), stride }, show),
    ),
  );
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const range = `seeds ${from} to ${from + seeds - 1}`;
  process.stdout.write(
    `\n${world}, ${range}: ${done.seeds} worlds, ${done.steps} steps, ${seconds} s, ${done.failures} failures\n`,
  );
  return done.failures === 0 && codes.every((code) => code === 0);
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`'${text}' is no number of seeds: write 1 or more`);
  return number;
}

function runShare(part: Share, show: (message: Message) => void): Promise<number | null> {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, [JSON.stringify(part)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    child.on('message', (message) => show(message as Message));
    child.on('exit', resolve);
  });
}

async function share({ world, from, seeds, stride }: Share, tell: (message: Message) => void): Promise<void> {
  const simulateOne = await WORLDS[world]();
  let failures = 0;
  let since = { seeds: 0, steps: 0 };
  for (let n = 0; n < seeds && failures < FAILURES_MAX; n++) {
    const simulation = await simulateOne(from + n * stride);
    const schedule = await simulateSchedule(from + n * stride);
    since = { seeds: since.seeds + 1, steps: since.steps + simulation.steps + schedule.steps };
    if (simulation.broken.length > 0) {
      failures++;
      tell({ type: 'failure', simulation: await shrink(simulation, simulateOne) });
    }
    if (schedule.broken.length > 0) {
      failures++;
      tell({ type: 'failure', simulation: schedule });
    }
    if (since.seeds < PROGRESS_SEEDS && n < seeds - 1) continue;
    tell({ type: 'progress', ...since });
    since = { seeds: 0, steps: 0 };
  }
}

function story({ seed, flow, broken, trace }: Simulation | ScheduleSimulation): string {
  return [...trace, '', `seed ${seed}: ${broken.join('; ')}`, JSON.stringify(flow)].join('\n');
}
