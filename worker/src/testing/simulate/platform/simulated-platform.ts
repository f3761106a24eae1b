/** Objects, the calls between them and everything that can go wrong with either, from one seed.
 *  What holds as on the platform: an object is one at a time; nothing leaves it before what it wrote is confirmed; a crash loses its
 *  memory and what was not confirmed; alarms ring at least once. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from '../random.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { Disk, SimulatedStorage } from './simulated-sqlite.ts';

export interface Faults {
  /** Probabilities for each call: it never arrives; it was done and its answer is lost. */
  dropped: number;
  answerLost: number;
  /** For each alarm: it never rings; it rings an hour late; it rings twice. */
  alarmLost: number;
  alarmLate: number;
  alarmTwice: number;
}

export const NO_FAULTS: Faults = { dropped: 0, answerLost: 0, alarmLost: 0, alarmLate: 0, alarmTwice: 0 };

/** Milliseconds that a call takes at most, and a confirmation. */
const CALL_MS_MAX = 30;
const CONFIRM_MS_MAX = 5;
const ALARM_RETRY_MS = 2_000;
const HOUR_MS = 3_600_000;

export type ObjectClass = new (ctx: never, env: never) => object;

export class SimulatedPlatform {
  readonly clock: SimulatedClock;
  readonly random: Random;
  faults: Faults = NO_FAULTS;
  /** What objects find as `env` and `ctx.exports`. */
  env: object = {};
  exports: object = {};
  /** What an object has confirmed is looked at by whoever judges. */
  onConfirmed: (kind: string, disk: Disk) => void = () => undefined;
  readonly #classes: Readonly<Record<string, ObjectClass>>;
  readonly #disks = new Map<string, Disk>();
  readonly #lives = new Map<string, Life>();
  readonly #ringing = new Map<string, number>();
  readonly #current = new AsyncLocalStorage<Life | undefined>();

  constructor(clock: SimulatedClock, random: Random, classes: Readonly<Record<string, ObjectClass>>) {
    this.clock = clock;
    this.random = random;
    this.#classes = classes;
  }

  /** Who runs now, for timers. */
  get current(): Life | undefined {
    return this.#current.getStore();
  }

  /** As whoever set it. */
  later(ms: number, work: () => void): number {
    const life = this.current;
    return this.clock.after(ms, () => this.#current.run(life, work), life);
  }

  disks(kind: string): Disk[] {
    return [...this.#disks].filter(([name]) => name.startsWith(`${kind}:`)).map(([, disk]) => disk);
  }

  /** A namespace of objects, as a binding. */
  namespace(kind: string) {
    const stub = (name: string) =>
      new Proxy(
        {},
        {
          get: (_, method) =>
            typeof method === 'string' && method !== 'then' ? this.#method(name, method) : undefined,
        },
      );
    return {
      getByName: (name: string) => stub(`${kind}:${name}`),
      idFromString: (name: string) => name,
      get: (name: string) => stub(name),
    };
  }

  /** Something outside of all objects: it may be late, or fail, before or after it was done. */
  reach<T>(work: () => T | Promise<T>): Promise<T> {
    const caller = this.current;
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => this.#soon(() => caller?.isAlive !== false && done());
      this.#leaving(caller, () =>
        this.#soon(() => {
          if (this.random.chance(this.faults.dropped)) return settle(() => reject(new Error('not reached')));
          void this.#current.run(undefined, async () => {
            try {
              const value = await work();
              if (this.random.chance(this.faults.answerLost)) settle(() => reject(new Error('the answer was lost')));
              else settle(() => resolve(value));
            } catch (error) {
              settle(() => reject(error));
            }
          });
        }),
      );
    });
  }

  /** One of the living objects loses its memory. */
  crash(): string | undefined {
    const names = [...this.#lives.keys()];
    if (names.length === 0) return undefined;
    const name = this.random.pick(names);
    const life = this.#lives.get(name);
    this.#lives.delete(name);
    if (life !== undefined) {
      this.clock.forget(life);
      life.crash();
    }
    this.#watchAlarm(name);
    return name;
  }

  #method(name: string, method: string) {
    return (...args: unknown[]) =>
      this.reach(() => {
        const life = this.#life(name);
        return new Promise((resolve, reject) => {
          life.calls.add(reject);
          const answer = (done: () => void) =>
            life.storage.whenConfirmed(() => {
              life.calls.delete(reject);
              done();
            });
          this.#current.run(life, () => {
            void life.ready
              .then(() => (life.object[method] as (...args: unknown[]) => unknown)(...args.map(copied)))
              .then(
                (value) => answer(() => resolve(copied(value))),
                (error: unknown) => answer(() => reject(new Error(`${name}.${method}: ${String(error)}`))),
              );
          });
        });
      });
  }

  #leaving(caller: Life | undefined, work: () => void): void {
    if (caller === undefined) work();
    else if (caller.isAlive) caller.storage.whenConfirmed(work);
  }

  #soon(work: () => void): void {
    this.clock.after(this.random.below(CALL_MS_MAX), () => this.#current.run(undefined, work));
  }

  #life(name: string): Life {
    const known = this.#lives.get(name);
    if (known !== undefined) return known;
    const disk = this.#disks.get(name) ?? new Disk();
    this.#disks.set(name, disk);
    const [kind = ''] = name.split(':');
    const made = this.#classes[kind];
    if (made === undefined) throw new Error(`there are no objects of the kind ${kind}`);
    const life = new Life(name, disk, {
      confirmIn: (confirm) =>
        this.clock.after(
          this.random.below(CONFIRM_MS_MAX),
          () => {
            confirm();
            this.#watchAlarm(name);
            this.onConfirmed(kind, disk);
          },
          life,
        ),
    });
    this.#lives.set(name, life);
    this.#current.run(life, () => life.begin(made, this.env, this.exports));
    return life;
  }

  #watchAlarm(name: string): void {
    const known = this.#ringing.get(name);
    if (known !== undefined) this.clock.cancel(known);
    const at = this.#disks.get(name)?.alarm ?? null;
    if (at === null) return void this.#ringing.delete(name);
    const late = this.random.chance(this.faults.alarmLate) ? this.random.below(HOUR_MS) : this.random.below(10);
    this.#ringing.set(
      name,
      this.clock.after(at + late - this.clock.now, () => this.#ring(name)),
    );
  }

  #ring(name: string): void {
    this.#ringing.delete(name);
    const life = this.#life(name);
    life.storage.takeAlarm();
    if (this.random.chance(this.faults.alarmLost)) return;
    const times = this.random.chance(this.faults.alarmTwice) ? 2 : 1;
    for (let n = 0; n < times; n++) {
      const again = () => {
        this.clock.after(ALARM_RETRY_MS, () => this.#ring(name));
      };
      // A crash in the middle rings it again.
      life.calls.add(again);
      this.#current.run(life, () => {
        void life.ready
          .then(() => (life.object['alarm'] as () => Promise<void>)())
          .then(
            () => life.calls.delete(again),
            () => life.calls.delete(again) && again(),
          );
      });
    }
  }
}

/** An object from its construction to its crash. */
class Life {
  readonly name: string;
  readonly storage: SimulatedStorage;
  readonly calls = new Set<(reason: Error) => void>();
  object: Record<string, unknown> = {};
  ready: Promise<unknown> = Promise.resolve();
  isAlive = true;

  constructor(name: string, disk: Disk, { confirmIn }: { confirmIn(confirm: () => void): void }) {
    this.name = name;
    this.storage = new SimulatedStorage(disk, {
      isAlive: () => this.isAlive,
      onWrite: () => confirmIn(() => this.storage.confirm()),
    });
  }

  begin(made: ObjectClass, env: object, exports: object): void {
    const context = {
      id: { toString: () => this.name },
      storage: this.storage,
      exports,
      blockConcurrencyWhile: (work: () => Promise<unknown>) => (this.ready = work()),
      waitUntil: (promise: Promise<unknown>) => void promise.catch(() => undefined),
    };
    this.object = new made(context as never, env as never) as Record<string, unknown>;
  }

  crash(): void {
    this.isAlive = false;
    this.storage.crash();
    for (const reject of [...this.calls]) reject(new Error(`${this.name} was reset`));
  }
}

/** Only data crosses. */
function copied<T>(value: T): T {
  return structuredClone(value);
}
