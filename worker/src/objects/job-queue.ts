/** The order in which the jobs of a runner group go out: higher priority first, then the flow with the fewest jobs in hand,
 *  then the flow that was served longest ago; inside a flow first in, first out. Pure: the object rebuilds it from its tables. */

export interface QueuedJob {
  id: string;
  /** What fairness counts: one flow. */
  flow: string;
  priority: number;
  /** Grows with every offer. */
  order: number;
  tags: readonly string[];
  match: 'ALL' | 'ANY';
  taskRunners: readonly string[];
  /** The only runner that may have it; it needs no free slot there, and competes with nobody. */
  runner?: string;
}

/** What a runner can do. */
export interface Skills {
  id: string;
  tags: readonly string[];
  taskRunners: readonly string[];
}

export type Wishes = Pick<QueuedJob, 'tags' | 'match' | 'taskRunners' | 'runner'>;

export function fits(job: Wishes, runner: Skills): boolean {
  if (job.runner !== undefined) return job.runner === runner.id;
  if (!job.taskRunners.every((type) => runner.taskRunners.includes(type))) return false;
  if (job.tags.length === 0) return true;
  const has = (tag: string) => runner.tags.includes(tag);
  return job.match === 'ANY' ? job.tags.some(has) : job.tags.every(has);
}

interface Lane {
  flow: string;
  waiting: QueuedJob[];
  /** Jobs that a runner has, offered or running. */
  inHand: number;
  /** When it was served last, counted in jobs served. */
  served: number;
}

export class JobQueue {
  #lanes = new Map<string, Lane>();
  #inHand = new Map<string, QueuedJob>();
  #waiting = new Map<string, QueuedJob>();
  /** Waiting jobs that only one runner may have, by runner. */
  #own = new Map<string, QueuedJob[]>();
  #served = 0;

  get size(): number {
    return this.#waiting.size;
  }

  waiting(): Iterable<QueuedJob> {
    return this.#waiting.values();
  }

  add(job: QueuedJob): void {
    this.#waiting.set(job.id, job);
    if (job.runner !== undefined) {
      this.#own.set(job.runner, [...(this.#own.get(job.runner) ?? []), job]);
      return;
    }
    const { waiting } = this.#lane(job.flow);
    waiting.splice(placeFor(job, waiting), 0, job);
  }

  /** A job that a runner has already, as found in the tables. */
  addInHand(job: QueuedJob): void {
    this.#inHand.set(job.id, job);
    if (job.runner === undefined) this.#lane(job.flow).inHand++;
  }

  /** Takes jobs that fit this runner, up to `slots` of those that need one; they are in hand until `putBack` or `remove`. */
  take(runner: Skills, slots: number): QueuedJob[] {
    const taken: QueuedJob[] = [];
    while (taken.length < slots) {
      const best = this.#best(runner);
      if (best === null) break;
      const [lane, index] = best;
      const [job] = lane.waiting.splice(index, 1);
      if (job === undefined) break;
      lane.served = ++this.#served;
      this.#waiting.delete(job.id);
      this.addInHand(job);
      taken.push(job);
    }
    return [...this.#takeOwn(runner.id), ...taken];
  }

  /** An offer that nobody claimed goes back to its place. */
  putBack(id: string): void {
    const job = this.#inHand.get(id);
    if (job === undefined) return;
    this.remove(id);
    this.add(job);
  }

  remove(id: string): void {
    const job = this.#inHand.get(id) ?? this.#waiting.get(id);
    if (job === undefined) return;
    if (job.runner !== undefined) return this.#removeOwn(job, job.runner);
    const lane = this.#lane(job.flow);
    if (this.#inHand.delete(id)) lane.inHand--;
    if (this.#waiting.delete(id)) lane.waiting.splice(lane.waiting.indexOf(job), 1);
    if (lane.inHand === 0 && lane.waiting.length === 0) this.#lanes.delete(job.flow);
  }

  #removeOwn(job: QueuedJob, runner: string): void {
    this.#inHand.delete(job.id);
    if (!this.#waiting.delete(job.id)) return;
    const rest = (this.#own.get(runner) ?? []).filter(({ id }) => id !== job.id);
    if (rest.length === 0) this.#own.delete(runner);
    else this.#own.set(runner, rest);
  }

  #takeOwn(runner: string): QueuedJob[] {
    const own = this.#own.get(runner) ?? [];
    this.#own.delete(runner);
    for (const job of own) {
      this.#waiting.delete(job.id);
      this.#inHand.set(job.id, job);
    }
    return own;
  }

  #best(runner: Skills): [Lane, number] | null {
    let best: { lane: Lane; index: number; job: QueuedJob } | null = null;
    for (const lane of this.#lanes.values()) {
      const index = lane.waiting.findIndex((job) => fits(job, runner));
      const job = lane.waiting[index];
      if (job !== undefined && (best === null || goesBefore(lane, job, best.lane, best.job)))
        best = { lane, index, job };
    }
    return best === null ? null : [best.lane, best.index];
  }

  #lane(flow: string): Lane {
    let lane = this.#lanes.get(flow);
    if (lane === undefined) {
      lane = { flow, waiting: [], inHand: 0, served: 0 };
      this.#lanes.set(flow, lane);
    }
    return lane;
  }
}

function goesBefore(lane: Lane, job: QueuedJob, otherLane: Lane, other: QueuedJob): boolean {
  const difference =
    other.priority - job.priority ||
    lane.inHand - otherLane.inHand ||
    lane.served - otherLane.served ||
    job.order - other.order;
  return difference < 0;
}

/** Binary search: most jobs go to the end, those put back go near the start. */
function placeFor(job: QueuedJob, waiting: readonly QueuedJob[]): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = waiting[middle];
    if (other !== undefined && (other.priority - job.priority || job.order - other.order) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
