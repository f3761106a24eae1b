/** What the index has not heard of yet. Ids stand in one row of the shard, written with the turns that made them news, so
 *  that a crash forgets none; facts are made when they are sent, a burst in one message. */
import type { Execution } from '../engine/execution.ts';
import type { Label } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import {
  FACT_LABELS_BYTES_MAX,
  FACTS_DELAY_MS,
  FACTS_INTERVAL_MS,
  FACTS_MESSAGE_BYTES_MAX,
  FACTS_PER_MESSAGE_MAX,
} from '../limits.ts';
import type { ExecutionFact, FactsMessage } from '../protocol/fact.ts';
import { isTerminalState } from '../protocol/states.ts';
import type { TenantRecord } from '../tenant.ts';
import type { Journal } from './journal.ts';

const ROW = 'news';
const UNREADABLE = Symbol('unreadable');

interface NewsWorld {
  tenant(): TenantRecord;
  send(message: FactsMessage): Promise<void>;
  /** The fact of an execution as it is now; undefined when it is gone. */
  fact(id: ExecutionId): ExecutionFact | undefined;
}

export class News {
  readonly #journal: Journal;
  readonly #world: NewsWorld;
  /** Ids, with a mark that changes whenever there is more to tell. */
  readonly #pending: Map<ExecutionId, number>;
  #marks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;
  #sentAt = 0;

  constructor(journal: Journal, world: NewsWorld) {
    this.#journal = journal;
    this.#world = world;
    const row = journal.read(ROW);
    this.#pending = new Map(row === undefined || row === '' ? [] : row.split(' ').map((id) => [id as ExecutionId, 0]));
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** Inside the transaction of the turn. */
  add(id: ExecutionId): void {
    const isKnown = this.#pending.has(id);
    this.#pending.set(id, ++this.#marks);
    if (!isKnown) this.#write();
  }

  /** After the transaction: sends what is pending in a moment, with what comes until then. */
  soon(): void {
    const wait = Math.max(FACTS_DELAY_MS, this.#sentAt + FACTS_INTERVAL_MS - Date.now());
    this.#timer ??= setTimeout(() => void this.flush(), wait);
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentAt = Date.now();
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#pending.size > 0) {
      try {
        const { message, told } = this.#nextMessage();
        if (told.size === 0) return;
        await this.#world.send(message);
        for (const [id, mark] of told) if (this.#pending.get(id) === mark) this.#pending.delete(id);
        this.#write();
      } catch (error) {
        console.warn('facts could not be sent and will be sent again', error);
        return;
      }
    }
  }

  #nextMessage(): { message: FactsMessage; told: Map<ExecutionId, number> } {
    const { key, dataShard } = this.#world.tenant();
    const message: FactsMessage = { tenant: key, dataShard, facts: [], deleted: [] };
    const told = new Map<ExecutionId, number>();
    let bytes = 0;
    for (const [id, mark] of this.#pending) {
      const fact = this.#readable(id);
      if (fact === UNREADABLE) continue;
      bytes += fact === undefined ? id.length : new TextEncoder().encode(JSON.stringify(fact)).byteLength;
      if (told.size > 0 && (bytes > FACTS_MESSAGE_BYTES_MAX || told.size >= FACTS_PER_MESSAGE_MAX)) break;
      if (fact === undefined) message.deleted.push(id);
      else message.facts.push(fact);
      told.set(id, mark);
    }
    return { message, told };
  }

  /** An execution that cannot be read stays pending; its neighbours are told of. */
  #readable(id: ExecutionId): ExecutionFact | undefined | typeof UNREADABLE {
    try {
      return this.#world.fact(id);
    } catch (error) {
      console.error(`execution ${id} cannot be read for the index`, error);
      return UNREADABLE;
    }
  }

  #write(): void {
    this.#journal.write(ROW, [...this.#pending.keys()].join(' '));
  }
}

export function factOf(execution: Execution, version: number): ExecutionFact {
  const { state, trigger } = execution;
  const caller = execution.caller?.executionId ?? trigger?.variables?.executionId;
  return {
    id: execution.id,
    version,
    namespace: execution.namespace,
    flowId: execution.flowId,
    flowRevision: execution.flowRevision,
    state: state.current,
    startAt: state.histories[0]?.at ?? execution.originalCreatedAt,
    ...(isTerminalState(state.current) && { endAt: state.histories.at(-1)?.at }),
    labels: indexedLabels(execution.labels),
    ...(trigger && { triggerId: trigger.id, triggerType: trigger.type }),
    ...(typeof caller === 'string' && { triggerExecutionId: caller }),
    ...(execution.parentId && { parentId: execution.parentId }),
    originalId: execution.originalId,
    ...(execution.scheduleAt !== undefined && { scheduleAt: execution.scheduleAt }),
    ...(execution.kind && { kind: execution.kind }),
  };
}

/** A fact that no message can hold would stop all those behind it. */
function indexedLabels(labels: readonly Label[]): readonly Label[] {
  const encoder = new TextEncoder();
  let bytes = 0;
  return labels.filter((label) => {
    bytes += encoder.encode(JSON.stringify(label)).byteLength;
    return bytes <= FACT_LABELS_BYTES_MAX;
  });
}

/** Whether a list would show the difference. */
export function isNews(before: Execution | undefined, after: Execution): boolean {
  return (
    before === undefined ||
    before.state.current !== after.state.current ||
    before.labels !== after.labels ||
    before.flowRevision !== after.flowRevision
  );
}
