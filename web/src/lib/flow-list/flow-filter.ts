/** The flow list's filter, which lives in the URL. */
export interface FlowFilter {
  q: string;
  namespace: string;
}

export function flowFilterOf(params: Pick<URLSearchParams, 'get'>): FlowFilter {
  return { q: params.get('q') ?? '', namespace: params.get('namespace') ?? '' };
}

export function flowFilterText({ q, namespace }: FlowFilter): string {
  const params = new URLSearchParams();
  if (q !== '') params.set('q', q);
  if (namespace !== '') params.set('namespace', namespace);
  return params.toString();
}
