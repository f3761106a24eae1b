/** Who people are: passwords and login sessions, by better-auth. Loaded only by those who sign in or come with a session
 *  (`lazy.ts`): calls with a token never touch it. */
import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { drizzle } from 'drizzle-orm/d1';
import { account } from '../db/schema/directory/account.ts';
import { session } from '../db/schema/directory/session.ts';
import { user } from '../db/schema/directory/user.ts';
import { verification } from '../db/schema/directory/verification.ts';
import { configOf } from '../env.ts';
import type { Env } from '../env.ts';
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../limits.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { sessionCookie } from './session-cookie.ts';

export type Identity = ReturnType<typeof createIdentity>;

const DAY_SECONDS = 86_400;

/** `origin` is where the person's browser sees this server. */
export function createIdentity(env: Env, origin: string) {
  const [{ secret }] = configOf(env).secrets;
  const isSecure = origin.startsWith('https:');
  return betterAuth({
    appName: 'Rondo',
    baseURL: origin,
    basePath: '/api/v1/auth',
    secret,
    trustedOrigins: [origin],
    database: drizzleAdapter(drizzle(env.DIRECTORY), {
      provider: 'sqlite',
      schema: { user, session, account, verification },
    }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_CHARS_MIN,
      maxPasswordLength: PASSWORD_CHARS_MAX,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    session: { expiresIn: 14 * DAY_SECONDS, updateAge: DAY_SECONDS },
    advanced: {
      useSecureCookies: false,
      cookies: { session_token: { name: sessionCookie(isSecure) } },
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' },
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
    },
    telemetry: { enabled: false },
  });
}
