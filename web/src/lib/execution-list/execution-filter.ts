/** The execution list's filter, which lives in the URL, so that a list can be linked, kept and gone back to. */
import { STATES, type State } from '../../../../worker/src/protocol/states.ts';

export interface ExecutionFilter {
  q: string;
  namespace: string;
  flowId: string;
  states: readonly State[];
  /** From 1. */
  page: number;
}

const known: ReadonlySet<string> = new Set(STATES);

export function executionFilterOf(params: Pick<URLSearchParams, 'get'>): ExecutionFilter {
  return {
    q: params.get('q') ?? '',
    namespace: params.get('namespace') ?? '',
    flowId: params.get('flowId') ?? '',
    states: (params.get('state') ?? '').split(',').filter(isState),
    page: pageOf(params.get('page')),
  };
}

/** The query string; what is not set is left out, so that equal filters have equal URLs. */
export function executionFilterText({ q, namespace, flowId, states, page }: Partial<ExecutionFilter>): string {
  const params = new URLSearchParams();
  if (q) params.set('q', q);
  if (namespace) params.set('namespace', namespace);
  if (flowId) params.set('flowId', flowId);
  if (states && states.length > 0) params.set('state', states.join(','));
  if (page !== undefined && page > 1) params.set('page', String(page));
  return params.toString().replaceAll('%2C', ',');
}

/** A change of what is looked for starts again at the first page. */
export function withFilter(filter: ExecutionFilter, change: Partial<ExecutionFilter>): ExecutionFilter {
  return { ...filter, page: 1, ...change };
}

export function toggleState(filter: ExecutionFilter, state: State): ExecutionFilter {
  const states = filter.states.includes(state)
    ? filter.states.filter((other) => other !== state)
    : [...filter.states, state];
  return withFilter(filter, { states });
}

function isState(text: string): text is State {
  return known.has(text);
}

function pageOf(text: string | null): number {
  return text !== null && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1;
}
