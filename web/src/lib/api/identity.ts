import { request } from './http.ts';

export interface Me {
  id: string;
  profile: { email?: string; username?: string; firstName?: string; lastName?: string };
  tenants: { id: string; name: string }[];
}

export interface SignUp {
  email: string;
  password: string;
  name?: string;
  tenant?: string;
}

export function me(): Promise<Me> {
  return request('/me');
}

export function signUp(account: SignUp): Promise<{ user: { id: string }; tenant: { id: string } }> {
  return request('/signup', { method: 'POST', json: account });
}

export function signIn(username: string, password: string): Promise<void> {
  return request('/login', { method: 'POST', json: { username, password } });
}

export function signOut(): Promise<void> {
  return request('/logout', { method: 'POST', json: {} });
}
