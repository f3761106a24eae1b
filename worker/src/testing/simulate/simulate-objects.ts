/** Drives the real objects of executions and flows on a simulated platform, from one seed: objects crash at any moment, calls and
 *  their answers are lost, alarms are lost, late or doubled, the index is out of reach; people start, kill, pause, resume and
 *  restart. Then everything is left in peace, and must come to its end. */
import './platform/workers-module.ts';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeExecution } from '../../engine/codec.ts';
import type { Effect } from '../../engine/effect.ts';
import type { Execution } from '../../engine/execution.ts';
import type { Flow } from '../../flow/flow.ts';
import { isExecutionId, taskRunId } from '../../ids.ts';
import type { ExecutionId } from '../../ids.ts';
import type { EdgeCall, EdgeHost } from '../../edge/edge-call.ts';
import { stringifyJson } from '../../protocol/json.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { isTerminalState } from '../../protocol/states.ts';
import { flowOf } from '../flow-with-tasks.ts';
import { generateFlow } from './generate-flow.ts';
import { brokenInvariants } from './invariants.ts';
import { SimulatedClock } from './platform/simulated-clock.ts';
import { NO_FAULTS, SimulatedPlatform } from './platform/simulated-platform.ts';
import type { Disk } from './platform/simulated-sqlite.ts';
import { SimulatedD1 } from './platform/simulated-sqlite.ts';
import { SimulatedRunners } from './platform/simulated-runners.ts';
import { Random } from './random.ts';
import type { Simulation } from './simulate-engine.ts';

// After the module that stands in for the platform's own.
const { ExecutionObject } = await import('../../objects/execution-object.ts');
const { FlowObject } = await import('../../objects/flow-object.ts');
const { startExecution } = await import('../../objects/start-execution.ts');
const { indexFacts } = await import('../../queues/facts.ts');
const { sweep } = await import('../../cron/sweep.ts');
const { Tenant } = await import('../../tenant.ts');

const ROOT = resolve(import.meta.dirname, '../../../..');
const NAMESPACE = 'company.team';
/** Each world has a time of its own: what the product remembers between two (compiled flows) has long aged. */
let lastStart = Date.UTC(2026, 0, 1);
const APART_MS = 10 * 86_400_000;
const STORM_MS = 120_000;
/** How many incidents of a storm are these. */
const DEPLOYS = 0.03;
const INDEX_FAILURES = 0.03;
/** A late alarm is an hour late, and slots are looked after every ten minutes. */
const PEACE_MS_MAX = 6 * 3_600_000;
const MINUTE_MS = 60_000;
const WORLD = 0x0b1ec7;

export async function simulateObjects(seed: number, flow?: JsonObject): Promise<Simulation> {
  const random = new Random(seed);
  const sources = [
    flow ?? generateFlow(random, { id: 'simulated', calls: 'child', tasksMax: 12 }),
    generateFlow(random, { id: 'child', calls: 'grandchild', tasksMax: 6 }),
    generateFlow(random, { id: 'grandchild', tasksMax: 3 }),
  ];
  const world = new ObjectWorld(seed, sources);
  return world.run();
}

class ObjectWorld {
  readonly #seed: number;
  readonly #sources: JsonObject[];
  readonly #flows: Flow[];
  readonly #start = (lastStart += APART_MS);
  readonly #clock = new SimulatedClock(this.#start);
  readonly #random: Random;
  readonly #platform: SimulatedPlatform;
  readonly #trace: string[] = [];
  readonly #broken: string[] = [];
  readonly #known = new Map<string, { version: number; execution: Execution }>();
  readonly #started = new Set<ExecutionId>();
  /** Attempts that an edge task has performed, by the line that it said. */
  readonly #said = new Map<string, number>();
  readonly #tenant: InstanceType<typeof Tenant>;
  readonly #env: { DATA_0: SimulatedD1; DIRECTORY: SimulatedD1 };
  readonly #runners: SimulatedRunners;
  #isStormy = true;
  #indexDownUntil = 0;
  #steps = 0;

  constructor(seed: number, sources: JsonObject[]) {
    this.#seed = seed;
    this.#sources = sources;
    this.#flows = sources.map((source) => ({ ...flowOf(stringifyJson(source)), revision: 1 }));
    this.#random = new Random(seed ^ WORLD);
    const random = this.#random;
    this.#platform = new SimulatedPlatform(this.#clock, random, { execution: ExecutionObject, flow: FlowObject });
    this.#runners = new SimulatedRunners(this.#platform, (line) => this.#trace.push(line));
    const reach = <T>(work: () => T) => this.#platform.reach(work);
    const env = {
      ...{ DIRECTORY: new SimulatedD1(reach), DATA_0: new SimulatedD1((work) => this.#index(work)), STORAGE: {} },
      EXECUTIONS: this.#platform.namespace('execution'),
      FLOWS: this.#platform.namespace('flow'),
      RUNNER_GROUPS: { getByName: () => this.#runners },
      SCHEDULERS: { getByName: () => ({ executionsSeen: () => reach(() => undefined) }) },
      FACTS: { send: (body: unknown) => reach(() => this.#deliver(structuredClone(body))) },
      RONDO_SECRET: 'only-for-tests-0123456789abcdef0123456789',
    };
    this.#env = env;
    this.#platform.env = env;
    this.#platform.exports = { EdgeTasks: { run: (call: EdgeCall, host: EdgeHost) => this.#runAtEdge(call, host) } };
    this.#platform.onConfirmed = (kind, disk) => (kind === 'execution' ? this.#judge(disk) : this.#judgeSlots(disk));
    migrate(env.DATA_0, 'data');
    migrate(env.DIRECTORY, 'directory');
    const record = { key: seed, id: 'main', name: 'main', dataShard: 0, executionShards: 2 };
    env.DIRECTORY.database.all(
      'INSERT INTO tenant (key, id, name, data_shard, execution_shards, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      [record.key, record.id, record.name, record.dataShard, record.executionShards, this.#start],
    );
    for (const [n, source] of sources.entries()) this.#store(seed, this.#flows[n]?.id ?? '', stringifyJson(source));
    this.#tenant = new Tenant(env as never, record);
  }

  async run(): Promise<Simulation> {
    const restore = this.#virtualise();
    try {
      await this.#live();
    } finally {
      restore();
    }
    const state = [...this.#known.values()][0]?.execution.state.current ?? 'CREATED';
    const [flow = {}] = this.#sources;
    return { seed: this.#seed, steps: this.#steps, state, flow, trace: this.#trace, broken: this.#broken.slice(0, 3) };
  }

  async #live(): Promise<void> {
    this.#platform.faults = {
      ...{ dropped: this.#random.next() * 0.1, answerLost: this.#random.next() * 0.1 },
      ...{ alarmLost: 0.05, alarmLate: 0.05, alarmTwice: 0.1 },
    };
    for (let n = 0; n < 4; n++) this.#clock.after(this.#random.below(STORM_MS / 4), () => void this.#ask(String(n)));
    this.#clock.after(MINUTE_MS, () => this.#sweep());
    this.#nextIncident();
    while (this.#broken.length === 0 && this.#clock.now < this.#start + STORM_MS) await this.#step();
    this.#say('peace');
    this.#isStormy = false;
    this.#platform.faults = NO_FAULTS;
    // Life goes on: whoever uses an object finds out that its alarm was lost.
    for (let n = 0; n < 8; n++) this.#clock.after(5 * MINUTE_MS * (n + 1), () => void this.#ask(`late ${n}`));
    const deadline = this.#clock.now + PEACE_MS_MAX;
    for (let n = 0; this.#broken.length === 0 && this.#clock.now < deadline; n++) {
      await this.#step();
      if (n % 50 !== 0) continue;
      if (this.#isOver()) return this.#judgeEnd();
      this.#resumePaused();
    }
    if (this.#broken.length > 0) return;
    this.#broken.push(...this.#unfinished());
    for (const { execution } of this.#known.values()) this.#describe(execution);
  }

  async #step(): Promise<void> {
    this.#steps++;
    if (!this.#clock.step()) this.#clock.now += 1_000;
    // All that follows from it without waiting.
    await new Promise((done) => setImmediate(done));
  }

  #nextIncident(): void {
    this.#clock.after(this.#random.below(4_000), () => {
      if (!this.#isStormy) return;
      this.#nextIncident();
      if (this.#random.chance(0.4)) this.#say(`crash of ${this.#platform.crash() ?? 'nothing'}`);
      else if (this.#random.chance(DEPLOYS)) this.#deploy();
      else if (this.#random.chance(INDEX_FAILURES)) this.#indexDownUntil = this.#clock.now + MINUTE_MS;
      else void this.#act();
    });
  }

  /** Every object loses its memory at once. */
  #deploy(): void {
    this.#say('deploy');
    while (this.#platform.crash() !== undefined);
  }

  #index<T>(work: () => T): Promise<T> {
    return this.#platform.reach(() => {
      if (this.#isStormy && this.#clock.now < this.#indexDownUntil) throw new Error('the database is down');
      return work();
    });
  }

  /** Somebody starts an execution, and asks again until there is an answer; sometimes once more. */
  async #ask(name: string): Promise<void> {
    const [flow] = this.#flows;
    if (flow === undefined) return;
    const id = await this.#tenant.executionIdFor(`start/${name}`);
    this.#started.add(id);
    for (let answers = this.#random.chance(0.3) ? 2 : 1; answers > 0;) {
      try {
        this.#say(`start ${id}`);
        const start = { id, at: this.#clock.now, flow, inputs: {}, labels: [] };
        const answer = await startExecution(this.#tenant, start);
        if (!answer.ok) this.#broken.push(`I5: the start of ${id} was refused: ${answer.error.message}`);
        answers--;
      } catch {
        await new Promise<void>((done) => this.#clock.after(500, done));
      }
    }
  }

  async #act(): Promise<void> {
    const all = [...this.#known.keys()].filter(isExecutionId);
    if (all.length === 0) return;
    const id = this.#random.pick(all);
    const execution = this.#known.get(id)?.execution;
    const runs = execution?.taskRuns.length ?? 0;
    const state = this.#random.pick(['SUCCESS', 'WARNING', 'FAILED'] as const);
    const action = this.#random.pick<JsonObject>([
      { type: 'kill' },
      { type: 'pause' },
      { type: 'pause' },
      { type: 'resume' },
      { type: 'resume' },
      { type: 'restart' },
      { type: 'restart' },
      { type: 'change-task-run', taskRunId: taskRunId(id, this.#random.below(Math.max(1, runs))), state },
      { type: 'set-labels', labels: [{ key: 'mood', value: state }] },
    ]);
    await this.#tell(id, action);
  }

  async #tell(id: ExecutionId, action: JsonObject): Promise<void> {
    this.#say(`${String(action.type)} ${id}`);
    try {
      await this.#tenant.execution(id).act(id, stringifyJson(action));
    } catch {
      // A person who got no answer looks again, or does not.
    }
  }

  #resumePaused(): void {
    for (const [id, { execution }] of this.#known) {
      if (isExecutionId(id) && execution.counts.paused + (execution.held ? 1 : 0) > 0) {
        void this.#tell(id, { type: 'resume' });
      }
    }
  }

  #sweep(): void {
    this.#clock.after(MINUTE_MS, () => this.#sweep());
    sweep(this.#env as never, this.#clock.now).catch(() => undefined);
  }

  /** The queue: at least once, in any order, again when the index is out of reach. */
  #deliver(body: unknown): void {
    const times = this.#random.chance(this.#platform.faults.answerLost) ? 2 : 1;
    for (let n = 0; n < times; n++) {
      const go = () => {
        indexFacts({ messages: [{ body }] } as never, this.#env as never).catch(
          () => void this.#clock.after(1_000, go),
        );
      };
      this.#clock.after(this.#random.below(1_000), go);
    }
  }

  async #runAtEdge(call: EdgeCall, host: EdgeHost): Promise<string> {
    const { taskRun } = call;
    const id = call.identity.executionId as ExecutionId;
    const attempt = call.identity.attempt;
    const stopped = host.stopped().then(() => 'stopped' as const);
    const line = `edge ${id} ${taskRun} ${attempt}`;
    const work = this.#platform.reach(async () => {
      this.#judgePerformed(id, taskRun, attempt);
      await new Promise<void>((done) => this.#clock.after(this.#random.below(8_000), done));
      this.#said.set(line, (this.#said.get(line) ?? 0) + 1);
      const state = this.#random.pick(['SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED', 'WARNING'] as const);
      return { state, outputs: { code: this.#random.below(600), splits: 'kestra:///none' } };
    });
    const outcome = await Promise.race([work, stopped]);
    const ended = outcome === 'stopped' ? { state: 'FAILED' as const } : outcome;
    const lines = [{ at: this.#clock.now, level: 'INFO', message: line, taskRun, attempt }];
    return stringifyJson({ ...ended, lines, metrics: [] });
  }

  /** Whatever was confirmed is judged, before anything else happens. */
  #judge(disk: Disk): void {
    for (const row of disk.database.all('SELECT id, version, outbox, head, first FROM execution', [])) {
      const [id, version] = [String(row.id), Number(row.version)];
      const known = this.#known.get(id);
      if (known?.version === version) continue;
      if (known !== undefined && known.version > version)
        this.#broken.push(`I5: ${id} went from version ${known.version} to ${version}`);
      const chunks = disk.database.all('SELECT body FROM chunk WHERE execution = ? ORDER BY number', [id]);
      const texts = [...(row.first === null ? [] : [String(row.first)]), ...chunks.map(({ body }) => String(body))];
      const execution = decodeExecution(String(row.head), texts);
      this.#known.set(id, { version, execution });
      this.#say(`${id} is ${execution.state.current} (${version}) ${String(row.outbox)}`);
      const poison = disk.database.all('SELECT error FROM poison WHERE execution = ?', [id]);
      for (const { error } of poison) this.#broken.push(`the engine could not go on with ${id}: ${String(error)}`);
      // What waits elsewhere (a job, a child, a slot) is not looked for here: that it comes to its end is judged in peace.
      const pending: Effect[] = [{ type: 'tell-caller' }];
      const found = brokenInvariants({ before: null, after: execution, effects: [], pending });
      const before = known?.execution;
      if (
        before !== undefined &&
        before.state.histories.some(({ state }, n) => execution.state.histories[n]?.state !== state)
      )
        found.push(`I1: ${id} forgot a state it was in`);
      this.#broken.push(...found);
    }
  }

  #judgeSlots(disk: Disk): void {
    const [limit] = disk.database.all("SELECT value FROM flow WHERE key = 'limit'", []);
    const held = disk.database.all('SELECT execution FROM slot', []).length;
    if (limit !== undefined && held > Number(limit.value))
      this.#broken.push(`I9: ${held} slots of ${String(limit.value)}`);
  }

  /** What an edge task does must stand in the outbox, and its attempt must not be over. */
  #judgePerformed(id: ExecutionId, index: number, attempt: number): void {
    const run = this.#known.get(id)?.execution.taskRuns.at(index);
    if (run === undefined)
      return void this.#broken.push(`I8: task run ${index} of ${id} is performed and nowhere stored`);
    if (run.attempts.length < attempt) this.#broken.push(`I8: attempt ${attempt} of ${index} of ${id} is not stored`);
  }

  #isOver(): boolean {
    return this.#unfinished().length === 0;
  }

  #unfinished(): string[] {
    const open = [...this.#known].flatMap(([id, { execution }]) =>
      isTerminalState(execution.state.current) && execution.frame === undefined
        ? []
        : [`I2: ${id} stays ${execution.state.current}`],
    );
    const outside = this.#platform
      .disks('execution')
      .flatMap((disk) => disk.database.all("SELECT id, outbox FROM execution WHERE outbox <> '[]'", []))
      .map(({ id, outbox }) => `I8: ${String(id)} still has to do ${String(outbox)}`);
    const slots = this.#platform
      .disks('flow')
      .flatMap((disk) => disk.database.all('SELECT execution FROM slot UNION ALL SELECT execution FROM waiting', []))
      .map(({ execution }) => `I9: ${String(execution)} keeps its slot`);
    const missing = [...this.#started].filter((id) => !this.#known.has(id)).map((id) => `I5: ${id} was not started`);
    return [...open, ...outside, ...slots, ...missing, ...this.#unindexed()];
  }

  /** Where an unfinished one stands, for the reader of a failure. */
  #describe({ id, state, frame, counts, timers, held, ending, taskRuns }: Execution): void {
    if (frame === undefined && isTerminalState(state.current)) return;
    this.#say(`${id} ${JSON.stringify({ state: state.current, frame, counts, timers, held, ending })}`);
    for (const run of [...taskRuns].filter(({ removed }) => !removed))
      this.#say(
        `  ${run.index} ${run.taskId} in ${run.parent ?? 'flow'}: ${run.state.current} ${JSON.stringify(run.frame ?? '')}`,
      );
  }

  #unindexed(): string[] {
    const rows = this.#env.DATA_0.database.all('SELECT id, state FROM execution', []);
    const indexed = new Map(rows.map(({ id, state }) => [String(id), String(state)]));
    return [...this.#known].flatMap(([id, { execution }]) =>
      indexed.get(id) === execution.state.current
        ? []
        : [`I8: the index says that ${id} is ${indexed.get(id) ?? 'unknown'}`],
    );
  }

  /** Every line of an answer that counted is there, once. */
  #judgeEnd(): void {
    const lines = this.#platform
      .disks('execution')
      .flatMap((disk) => disk.database.all('SELECT execution, lines FROM log ORDER BY execution, number', []))
      .flatMap((row) => JSON.parse(String(row.lines)) as { message: string }[])
      .map(({ message }) => message);
    const stored = Map.groupBy(
      lines.filter((line) => this.#said.has(line)),
      (line) => line,
    );
    for (const [line, all] of stored)
      if (all.length > 1) this.#broken.push(`I12: '${line}' is stored ${all.length} times`);
    for (const line of this.#said.keys()) {
      const [, id = '', run, attempt] = line.split(' ');
      const made = this.#known.get(id)?.execution.taskRuns.at(Number(run))?.attempts[Number(attempt) - 1];
      // Its first end is that of its answer; a later one is a person's.
      const end = made?.state.histories.find(({ state }) => isTerminalState(state))?.state;
      const counted = end === 'SUCCESS' || end === 'WARNING';
      if (counted && !stored.has(line)) this.#broken.push(`I12: '${line}' is lost`);
    }
  }

  #store(tenant: number, id: string, source: string): void {
    const { database } = this.#env.DATA_0;
    database.all(
      'INSERT INTO flow_revision (tenant, namespace, flow_id, revision, source, deleted, created_at) VALUES (?, ?, ?, 1, ?, 0, ?)',
      [tenant, NAMESPACE, id, source, this.#start],
    );
    database.all(
      `INSERT INTO flow (tenant, namespace, id, revision, disabled, deleted, labels, updated_at) VALUES (?, ?, ?, 1, 0, 0, '[]', ?)`,
      [tenant, NAMESPACE, id, this.#start],
    );
  }

  #say(text: string): void {
    this.#trace.push(`${String(this.#clock.now - this.#start).padStart(8)} ${text}`);
  }

  /** The product reads the clock, waits and draws lots by the platform's globals. */
  #virtualise(): () => void {
    const { setTimeout, clearTimeout, console } = globalThis;
    const { now } = Date;
    const { random } = Math;
    const { digest } = crypto.subtle;
    const platform = this.#platform;
    globalThis.setTimeout = ((work: () => void, ms = 0) => platform.later(ms, work)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((id: number | undefined) =>
      id !== undefined && this.#clock.cancel(id)) as typeof clearTimeout;
    globalThis.console = { ...console, warn: () => undefined, error: () => undefined };
    Date.now = () => this.#clock.now;
    Math.random = () => this.#random.next();
    crypto.subtle.digest = (_, data) =>
      Promise.resolve(
        new Uint8Array(
          createHash('sha256')
            .update(data as Uint8Array)
            .digest(),
        ).buffer,
      );
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout, console });
      Date.now = now;
      Math.random = random;
      crypto.subtle.digest = digest;
    };
  }
}

const migrations = new Map<string, string>();

function migrate({ database }: SimulatedD1, name: string): void {
  let text = migrations.get(name);
  if (text === undefined) {
    const folder = join(ROOT, 'migrations', name);
    const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
    text = files
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
      .replaceAll('--> statement-breakpoint', '');
    migrations.set(name, text);
  }
  database.exec(text);
}
