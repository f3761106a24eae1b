/** A flow while it is being written: its text, what of it is saved, and what the compiler says about it. */
import type { Diagnostic } from '../../../../worker/src/flow/diagnostic.ts';
import { createFlow, getFlow, updateFlow, type FlowView } from '../api/flows.ts';
import { ApiProblem } from '../api/problem.ts';
import type { CompileAnswer } from './compiler.ts';

export interface SavedFlow {
  namespace: string;
  id: string;
  revision: number;
  source: string;
}

/** Somebody saved another revision since this one was read. */
export class StaleFlowError extends Error {
  readonly current: SavedFlow;

  constructor(current: SavedFlow) {
    super(`Revision ${current.revision} was saved meanwhile.`);
    this.name = 'StaleFlowError';
    this.current = current;
  }
}

export class FlowDraft {
  source = $state('');
  saved = $state.raw<SavedFlow>();
  diagnostics = $state.raw<readonly Diagnostic[]>([]);
  /** The last save's faults, until the text changes. */
  refusal = $state.raw<ApiProblem>();
  saving = $state(false);
  /** What a new flow began with; empty for a stored one. */
  #template = '';
  readonly #tenant: string;

  /** `start` is the stored flow, or the text that a new one begins with. */
  constructor(tenant: string, start: SavedFlow | string) {
    this.#tenant = tenant;
    this.saved = typeof start === 'string' ? undefined : start;
    this.#template = typeof start === 'string' ? start : '';
    this.source = typeof start === 'string' ? start : start.source;
  }

  readonly isSaved = $derived(this.saved !== undefined && this.saved.source === this.source);
  /** There is something to lose: an untouched template is not. */
  readonly isDirty = $derived(this.source !== (this.saved?.source ?? this.#template));
  readonly errors = $derived(this.diagnostics.filter(({ severity }) => severity === 'error'));

  edit(source: string): void {
    this.source = source;
    this.refusal = undefined;
  }

  compiled({ diagnostics }: CompileAnswer): void {
    this.diagnostics = diagnostics;
  }

  /** Saves what has changed and answers the stored flow. With `force` a newer revision is overwritten. */
  async save({ force = false } = {}): Promise<SavedFlow> {
    if (this.saved !== undefined && this.isSaved) return this.saved;
    this.saving = true;
    const { source } = this; // what is typed from here on is for the next save
    try {
      if (this.saved !== undefined && !force) await this.#refuseStale(this.saved);
      this.saved = savedOf(await this.#write(source), source);
      this.refusal = undefined;
      return this.saved;
    } catch (error) {
      if (error instanceof ApiProblem) this.refusal = error;
      throw error;
    } finally {
      this.saving = false;
    }
  }

  #write(source: string): Promise<FlowView> {
    return this.saved === undefined
      ? createFlow(this.#tenant, source)
      : updateFlow(this.#tenant, this.saved.namespace, this.saved.id, source);
  }

  async #refuseStale(base: SavedFlow): Promise<void> {
    const current = await getFlow(this.#tenant, base.namespace, base.id);
    if (current.revision !== base.revision) throw new StaleFlowError(savedOf(current, current.source ?? ''));
  }
}

export function savedOf({ namespace, id, revision }: FlowView, source: string): SavedFlow {
  return { namespace, id, revision, source };
}
