/** The addresses of the pages, so that no component spells a URL. */
const at = (...segments: string[]): string => segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');

export const paths = {
  signIn: (next?: string) => (next === undefined ? '/login' : `/login?next=${encodeURIComponent(next)}`),
  signUp: () => '/signup',
  home: (tenant: string) => at('ui', tenant),
  flows: (tenant: string) => at('ui', tenant, 'flows'),
  newFlow: (tenant: string, welcome = false) => at('ui', tenant, 'flows', 'new') + (welcome ? '?welcome' : ''),
  flow: (tenant: string, namespace: string, id: string) => at('ui', tenant, 'flows', 'edit', namespace, id),
  executions: (tenant: string, query = '') => at('ui', tenant, 'executions') + (query === '' ? '' : `?${query}`),
  execution: (tenant: string, namespace: string, flow: string, id: string) =>
    at('ui', tenant, 'executions', namespace, flow, id),
  /** When only its id is known. */
  executionById: (tenant: string, id: string) => at('ui', tenant, 'executions', id),
  runners: (tenant: string) => at('ui', tenant, 'runners'),
  tokens: (tenant: string) => at('ui', tenant, 'tokens'),
  plugins: (tenant: string) => at('ui', tenant, 'plugins'),
  plugin: (tenant: string, type: string) => at('ui', tenant, 'plugins', type),
} as const;

/** Where to go after signing in: a page of ours, never another site. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
