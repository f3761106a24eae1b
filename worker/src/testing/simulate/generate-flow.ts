/** Random flows: every structural task inside every other, with handlers, retries, timeouts, conditions and pauses. */
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Random } from './random.ts';

const DEPTH_MAX = 4;
const TASKS_MAX = 40;

export interface FlowPlace {
  id: string;
  /** The flow that its Subflow tasks call; without one it has none. */
  calls?: string;
  /** How deep and how large it may be. */
  tasksMax?: number;
}

/** The source of a flow, as JSON (which is YAML too). */
export function generateFlow(random: Random, place: FlowPlace = { id: 'simulated', calls: 'child' }): JsonObject {
  return new Generator(random, place).flow();
}

class Generator {
  readonly #random: Random;
  readonly #place: FlowPlace;
  #count = 0;

  constructor(random: Random, place: FlowPlace) {
    this.#random = random;
    this.#place = place;
  }

  flow(): JsonObject {
    return {
      id: this.#place.id,
      namespace: 'company.team',
      tasks: this.#tasks(0),
      ...this.#sometimes(0.3, () => ({ errors: this.#tasks(DEPTH_MAX - 1) })),
      ...this.#sometimes(0.3, () => ({ finally: this.#tasks(DEPTH_MAX - 1) })),
      ...this.#sometimes(0.3, () => ({ afterExecution: this.#tasks(DEPTH_MAX - 1) })),
      ...this.#sometimes(0.15, () => ({ retry: this.#retry() })),
      ...this.#sometimes(0.15, () => ({ concurrency: { limit: 1 + this.#random.below(3) } })),
      ...this.#sometimes(0.1, () => ({
        sla: [
          {
            id: 'late',
            type: 'MAX_DURATION',
            duration: 'PT1M',
            behavior: this.#random.pick(['FAIL', 'CANCEL', 'NONE']),
          },
        ],
      })),
      ...this.#sometimes(0.2, () => ({
        outputs: [{ id: 'out', type: 'STRING', value: this.#random.chance(0.8) ? 'fine' : '{{ nowhere }}' }],
      })),
    };
  }

  #tasks(depth: number): Json[] {
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#task(depth));
  }

  #task(depth: number): JsonObject {
    const leaf = depth >= DEPTH_MAX || this.#count >= (this.#place.tasksMax ?? TASKS_MAX) || this.#random.chance(0.4);
    const id = `t${++this.#count}`;
    return {
      id,
      ...(leaf ? this.#leaf() : this.#structural(depth + 1)),
      ...this.#sometimes(0.1, () => ({ allowFailure: true })),
      ...this.#sometimes(0.05, () => ({ allowWarning: true })),
      ...this.#sometimes(0.07, () => ({ disabled: true })),
      ...this.#sometimes(0.1, () => ({ runIf: this.#random.pick(['{{ true }}', '{{ false }}', '{{ nowhere }}']) })),
      ...this.#sometimes(0.15, () => ({ retry: this.#retry() })),
    };
  }

  #leaf(): JsonObject {
    const timeout = this.#sometimes(0.2, () => ({ timeout: this.#random.pick(['PT5S', 'PT30S', '{{ "PT3S" }}']) }));
    return this.#random.pick<() => JsonObject>([
      () => ({ type: 'core.debug.Return', format: '{{ taskrun.value ?? "none" }}' }),
      () => ({ type: 'core.log.Log', message: '{{ outputs }}' }),
      () => ({ type: 'core.execution.Fail' }),
      () => ({ type: 'core.execution.SetVariables', variables: { seen: '{{ (vars.seen ?? 0) + 1 }}' } }),
      () => ({ type: 'core.execution.Labels', labels: { step: `l${this.#count}` } }),
      () => ({ type: 'core.http.Request', uri: 'https://x.test', ...timeout }),
      () => ({ type: 'core.http.Request', uri: 'https://x.test', ...timeout }),
      () => ({ type: 'scripts.shell.Commands', commands: ['ls'], ...timeout }),
      () => ({ type: 'scripts.shell.Commands', commands: ['ls'], onRunnerLost: this.#random.pick(['retry', 'fail']) }),
      () => ({
        type: 'core.templating.TemplatedTask',
        spec: '{ type: scripts.shell.Commands, commands: ["{{ flow.id }}"] }',
      }),
      () => ({ type: 'core.flow.Sleep', duration: this.#random.pick(['PT0S', 'PT2S', 'PT20S']) }),
      () => ({
        type: 'core.flow.Pause',
        ...this.#sometimes(0.5, () => ({ pauseDuration: 'PT10S' })),
        ...this.#sometimes(0.3, () => ({ timeout: 'PT20S' })),
      }),
      ...this.#calls(),
      () => ({ type: 'core.execution.Exit', state: this.#random.pick(['SUCCESS', 'WARNING', 'FAILED', 'KILLED']) }),
    ])();
  }

  #calls(): (() => JsonObject)[] {
    const { calls: flowId } = this.#place;
    if (flowId === undefined) return [];
    return [
      () => ({
        type: 'core.flow.Subflow',
        namespace: 'company.team',
        flowId,
        wait: this.#random.chance(0.8),
        transmitFailed: this.#random.chance(0.8),
        ...this.#sometimes(0.3, () => ({ restartBehavior: 'NEW_EXECUTION' })),
      }),
      () => ({
        type: 'core.flow.ForEachItem',
        items: 'kestra:///items',
        namespace: 'company.team',
        flowId,
        wait: this.#random.chance(0.8),
        transmitFailed: this.#random.chance(0.8),
        concurrencyLimit: this.#random.below(3),
      }),
    ];
  }

  #structural(depth: number): JsonObject {
    const tasks = () => this.#tasks(depth);
    const handlers = {
      ...this.#sometimes(0.2, () => ({ errors: this.#tasks(DEPTH_MAX) })),
      ...this.#sometimes(0.2, () => ({ finally: this.#tasks(DEPTH_MAX) })),
    };
    const values = Array.from({ length: this.#random.below(4) }, (_, n) => `v${n}`);
    return {
      ...handlers,
      ...this.#random.pick<() => JsonObject>([
        () => ({ type: 'core.flow.Sequential', tasks: tasks() }),
        () => ({ type: 'core.flow.AllowFailure', tasks: tasks() }),
        () => ({ type: 'core.flow.Parallel', concurrent: this.#random.below(3), tasks: tasks() }),
        () => ({
          type: 'core.flow.If',
          condition: this.#random.pick(['true', 'false', '{{ nowhere }}']),
          then: tasks(),
          ...this.#sometimes(0.5, () => ({ else: tasks() })),
        }),
        () => ({
          type: 'core.flow.Switch',
          value: this.#random.pick(['a', 'b', 'c']),
          cases: { a: tasks(), b: tasks() },
          ...this.#sometimes(0.5, () => ({ defaults: tasks() })),
        }),
        () => ({ type: 'core.flow.ForEach', values, concurrencyLimit: this.#random.below(3), tasks: tasks() }),
        () => ({
          type: 'core.flow.LoopUntil',
          condition: this.#random.pick(['true', 'false']),
          checkFrequency: { maxIterations: 1 + this.#random.below(3), interval: 'PT1S' },
          tasks: tasks(),
        }),
        () => ({
          type: 'core.flow.Loop',
          values,
          concurrencyLimit: this.#random.below(3),
          transmitFailed: this.#random.chance(0.7),
          ...this.#sometimes(0.5, () => ({
            outputs: [{ id: 'o', value: this.#random.chance(0.8) ? '{{ item.value }}' : '{{ nowhere }}' }],
          })),
          tasks: tasks(),
        }),
        () => ({ type: 'core.flow.WorkingDirectory', tasks: this.#runnableTasks() }),
        () => this.#dag(depth),
      ])(),
    };
  }

  #runnableTasks(): JsonObject[] {
    return Array.from({ length: 1 + this.#random.below(3) }, () => ({
      id: `t${++this.#count}`,
      ...this.#random.pick<JsonObject>([
        { type: 'core.debug.Return', format: '{{ taskrun.value ?? "none" }}' },
        { type: 'core.http.Request', uri: 'https://x.test' },
        { type: 'core.flow.Sleep', duration: 'PT2S' },
        { type: 'core.storage.LocalFiles', outputs: ['*'] },
        { type: 'scripts.shell.Commands', commands: ['ls'] },
        { type: 'core.templating.TemplatedTask', spec: '{ type: scripts.shell.Commands, commands: [ls] }' },
      ]),
      ...this.#sometimes(0.1, () => ({ allowFailure: true })),
      ...this.#sometimes(0.2, () => ({ retry: this.#retry() })),
    }));
  }

  #dag(depth: number): JsonObject {
    const tasks = this.#tasks(depth) as JsonObject[];
    return {
      type: 'core.flow.Dag',
      concurrent: this.#random.below(3),
      tasks: tasks.map((task, n) => {
        const before = tasks
          .slice(0, n)
          .flatMap(({ id }) => (this.#random.chance(0.6) && id !== undefined ? [id] : []));
        return { task, ...(before.length > 0 && { dependsOn: before }) };
      }),
    };
  }

  #retry(): JsonObject {
    return {
      maxAttempts: 1 + this.#random.below(3),
      warningOnRetry: this.#random.chance(0.3),
      ...this.#sometimes(0.1, () => ({ behavior: 'CREATE_NEW_EXECUTION' })),
      ...this.#random.pick<JsonObject>([
        { type: 'constant', interval: 'PT3S' },
        { type: 'exponential', interval: 'PT1S', maxInterval: 'PT10S' },
        { type: 'random', minInterval: 'PT1S', maxInterval: 'PT5S' },
      ]),
    };
  }

  #sometimes(probability: number, make: () => JsonObject): JsonObject {
    return this.#random.chance(probability) ? make() : {};
  }
}
