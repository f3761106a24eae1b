/** What a request authenticates with, read from its headers alone. */
import { sessionCookie } from '../identity/session-cookie.ts';

export type Credential =
  | { kind: 'token'; token: string }
  | { kind: 'password'; email: string; password: string }
  /** The dashboard's cookie. */
  | { kind: 'session'; cookie: string };

/** A credential that a client names itself (a header, the `JWT` cookie of Kestra's clients) goes before the cookie that a
 *  browser adds to everything. */
export function readCredential(headers: Headers): Credential | undefined {
  const cookies = readCookies(headers.get('cookie') ?? '');
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(headers.get('authorization') ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { kind: 'token', token: value.trim() };
    case 'basic': {
      const basic = readBasic(value);
      if (basic !== undefined) return basic;
    }
  }
  const token = cookies.get('JWT');
  if (token !== undefined) return { kind: 'token', token };
  const cookie = cookies.get(sessionCookie(true)) ?? cookies.get(sessionCookie(false));
  return cookie === undefined ? undefined : { kind: 'session', cookie };
}

/** A token as the password goes with any user name. Nothing at all (`Basic Og==`, which Kestra's Terraform provider sends
 *  beside its cookie) is no credential. */
function readBasic(value: string): Credential | undefined {
  const [, user = '', password = ''] = /^([^:]*):([^]*)$/.exec(decodeBase64(value)) ?? [];
  if (password.startsWith('rnd_')) return { kind: 'token', token: password };
  if (user === '' && password === '') return undefined;
  return { kind: 'password', email: user, password };
}

function decodeBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
}

function readCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(';')) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*"?([^"]*?)"?\s*$/.exec(pair) ?? [];
    if (name !== undefined && value !== undefined && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}
