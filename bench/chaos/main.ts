/** `npm run chaos -- [--kills 20] [--seed 1] [--flights 24]`: the real server and a real runner, each killed with -9 at random moments
 *  while executions run; then the history is judged. It ends with 1 when anything was lost, doubled or out of order. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { signUp } from '../../cli/dev/account.ts';
import { Process, stopEveryProcess } from '../../cli/dev/process.ts';
import { startRunner } from '../../cli/dev/runner.ts';
import { freePort } from '../../cli/dev/settings.ts';
import { Random } from '../../worker/src/testing/simulate/random.ts';
import { bundle } from '../peers/bundle.ts';
import { check } from './check.ts';
import { chaosFlows, NAMESPACE } from './flows.ts';
import type { ChaosFlow } from './flows.ts';
import { Recorder } from './recorder.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    flights: { type: 'string', default: '24' },
    keep: { type: 'boolean', default: false },
  },
});

/** A lost runner is given up after one and a half of it: in a minute, as deployed, the kills would be minutes apart. */
const LEASE_MS = 3_000;
const UP_MS_MAX = 60_000;
/** Between two kills there is time to make progress. */
const LIFE_MS = { least: 400, most: 3_000 };
/** After the last kill everything must have ended. */
const SETTLED_MS_MAX = 120_000;

class Chaos {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rondo-chaos-'));
  readonly #random: Random;
  readonly #recorder = new Recorder(join(this.#folder, 'marks'));
  readonly #bindings = JSON.stringify({
    RONDO_SECRET: randomBytes(32).toString('base64url'),
    RONDO_EGRESS_ALLOW: '127.0.0.1,localhost',
    RONDO_LEASE_MS: String(LEASE_MS),
  });
  readonly #starts = new Map<string, { flow: string; ids: Set<string> }>();
  #port = 0;
  #token = '';
  #server: Process | undefined;
  #runner: Process | undefined;
  /** No more starts; then: no more marks. */
  #isOver = false;
  #isSettled = false;
  #keys = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  async run(kills: number, flights: number): Promise<boolean> {
    for (const name of ['bundle', 'state', 'runner']) mkdirSync(join(this.#folder, name));
    say('building');
    bundle('worker/src/index.ts', join(this.#folder, 'bundle'), { minify: false });
    await this.#recorder.listen();
    this.#port = await freePort();
    await this.#startServer();
    this.#token = (await signUp(this.#url, { email: 'chaos@rondo.local', tenant: 'chaos', name: 'Chaos' })).token;
    await this.#startRunner();
    const flows = chaosFlows(this.#recorder.url, join(this.#folder, 'marks'));
    for (const { source } of flows) await this.#call('POST', 'flows', { 'content-type': 'application/x-yaml' }, source);
    const clients = Array.from({ length: flights }, () => this.#client(flows));
    const reader = this.#readMarks();
    for (let n = 1; n <= kills; n++) await this.#kill(n, kills);
    this.#isOver = true;
    await Promise.all(clients);
    say('waiting for the last executions');
    const ends = await this.#ends();
    this.#isSettled = true;
    await reader;
    const verdict = check({ starts: this.#starts, ends, marks: this.#recorder.marks }, flows);
    const { executions, lost, doubled, disordered } = verdict;
    for (const problem of [...lost, ...doubled, ...disordered]) say(problem);
    const figures = { lost: lost.length, doubled: doubled.length, disordered: disordered.length };
    const load = Number((loadavg()[0] ?? 0).toFixed(1));
    process.stdout.write(
      `${JSON.stringify({ program: 'chaos', seed: Number(values.seed), kills, executions, marks: this.#recorder.marks.length, ...figures, load })}\n`,
    );
    return lost.length + doubled.length + disordered.length === 0;
  }

  async stop(keep: boolean): Promise<void> {
    this.#recorder.close();
    await stopEveryProcess();
    if (keep) say(`everything is kept in ${this.#folder}`);
    else rmSync(this.#folder, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async #kill(n: number, kills: number): Promise<void> {
    await delay(LIFE_MS.least + this.#random.below(LIFE_MS.most - LIFE_MS.least));
    const isServer = this.#random.chance(0.6);
    say(`kill ${n}/${kills}: the ${isServer ? 'server' : 'runner'}, after ${this.#starts.size} starts`);
    if (isServer) {
      await this.#server?.stop('SIGKILL');
      await this.#startServer();
    } else {
      await this.#runner?.stop('SIGKILL');
      await this.#startRunner();
    }
  }

  async #startServer(): Promise<void> {
    const args = [
      join(import.meta.dirname, 'server.ts'),
      join(this.#folder, 'bundle'),
      join(this.#folder, 'state'),
      String(this.#port),
      this.#bindings,
    ];
    const options = { cwd: this.#folder, env: process.env, logFile: join(this.#folder, 'server.log') };
    this.#server = new Process(process.execPath, args, options);
    const ready = join(this.#folder, 'state/ready');
    const deadline = performance.now() + UP_MS_MAX;
    while (performance.now() < deadline) {
      if (this.#server.hasEnded) throw new Error(`the server ended:\n${this.#server.tail(25)}`);
      if (existsSync(ready) && readFileSync(ready, 'utf8') === String(this.#server.pid)) return;
      await delay(50);
    }
    throw new Error(`the server does not come up:\n${this.#server.tail(25)}`);
  }

  async #startRunner(): Promise<void> {
    const connection = { url: this.#url, tenant: 'chaos', token: this.#token };
    const logFile = (name: string) => join(this.#folder, `${name}.log`);
    this.#runner = await startRunner(connection, { directory: join(this.#folder, 'runner'), logFile });
  }

  /** Starts one execution after the other; a start without an answer is repeated with the same key. */
  async #client(flows: readonly ChaosFlow[]): Promise<void> {
    while (!this.#isOver) {
      const flow = this.#random.pick(flows);
      const key = `start-${++this.#keys}`;
      const started = { flow: flow.id, ids: new Set<string>() };
      this.#starts.set(key, started);
      const repeats = this.#random.chance(0.1) ? 2 : 1;
      for (let n = 0; n < repeats; n++) started.ids.add(await this.#startOnce(flow.id, key));
      await delay(this.#random.below(300));
    }
  }

  async #startOnce(flowId: string, key: string): Promise<string> {
    for (;;) {
      try {
        const path = `executions/${NAMESPACE}/${flowId}`;
        return (JSON.parse(await this.#call('POST', path, { 'idempotency-key': key })) as { id: string }).id;
      } catch {
        await delay(100);
      }
    }
  }

  async #ends(): Promise<Map<string, { state: string; attempts: string[][] }>> {
    const ids = [...this.#starts.values()].flatMap(({ ids }) => [...ids]);
    const ends = new Map<string, { state: string; attempts: string[][] }>();
    const deadline = performance.now() + SETTLED_MS_MAX;
    while (ends.size < ids.length && performance.now() < deadline) {
      for (const id of ids) {
        if (ends.has(id)) continue;
        const execution = JSON.parse(await this.#call('GET', `executions/${id}`)) as ExecutionView;
        const isLate = performance.now() > deadline - 10_000;
        if (!isLate && !['SUCCESS', 'FAILED', 'KILLED', 'WARNING'].includes(execution.state.current)) continue;
        const attempts = (execution.taskRunList ?? []).map((run) =>
          (run.attempts ?? []).map(({ state }) => state.current),
        );
        ends.set(id, { state: execution.state.current, attempts });
      }
      await delay(200);
    }
    return ends;
  }

  async #readMarks(): Promise<void> {
    while (!this.#isSettled) {
      this.#recorder.readMarks();
      await delay(2);
    }
    this.#recorder.readMarks();
  }

  async #call(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<string> {
    const answer = await fetch(`${this.#url}/api/v1/chaos/${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${this.#token}` },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text;
  }
}

interface ExecutionView {
  state: { current: string };
  taskRunList?: { attempts?: { state: { current: string } }[] }[];
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const chaos = new Chaos(Number(values.seed));
let isGood = false;
try {
  isGood = await chaos.run(Number(values.kills), Number(values.flights));
} finally {
  await chaos.stop(values.keep && !isGood);
}
process.exitCode = isGood ? 0 : 1;
