import { pathOf, request } from './http.ts';
import type { Page } from './page.ts';

export interface ApiToken {
  id: string;
  name: string;
  description?: string;
  prefix?: string;
  /** When it was made. */
  iat: string;
  exp?: string;
  lastUsed?: string;
  expired?: boolean;
}

export interface NewApiToken {
  name: string;
  description?: string;
  /** ISO duration; absent = never expires. */
  maxAge?: string;
}

export function listTokens(): Promise<Pick<Page<ApiToken>, 'results'>> {
  return request('/me/api-tokens');
}

/** `fullToken` is shown this once and never again. */
export function createToken(token: NewApiToken): Promise<{ id: string; name: string; fullToken: string }> {
  return request('/me/api-tokens', { method: 'POST', json: token });
}

export function deleteToken(id: string): Promise<void> {
  return request(`/me/api-tokens${pathOf(id)}`, { method: 'DELETE' });
}
