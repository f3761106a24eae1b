/** What the index of executions learns about one: a fact travels by queue from the object that holds the execution. */
import type { Label } from '../flow/flow.ts';
import type { State } from './states.ts';

export interface ExecutionFact {
  id: string;
  /** Grows with each fact of the execution: the newest wins, in whatever order they arrive. */
  version: number;
  namespace: string;
  flowId: string;
  flowRevision: number;
  state: State;
  startAt: number;
  endAt?: number;
  labels: readonly Label[];
  triggerId?: string;
  triggerType?: string;
  triggerExecutionId?: string;
  parentId?: string;
  originalId: string;
  scheduleAt?: number;
  kind?: 'TEST' | 'PLAYGROUND' | 'LOOP';
}

/** One message: the facts of one burst of one object. */
export interface FactsMessage {
  tenant: number;
  dataShard: number;
  facts: ExecutionFact[];
  /** Ids of executions that are gone. */
  deleted: string[];
}
