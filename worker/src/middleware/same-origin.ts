/** A browser adds the dashboard's cookie to whatever page asks it to: writes that authenticate by it must come from our own
 *  pages. Tokens need none of this, since no browser adds them by itself. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { GlobalEnv } from './context.ts';
import { originOf } from './origin.ts';

/** Content types that a form of any page can send without asking first. */
const FORM_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

export function refuseForged(c: Context<GlobalEnv>): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  const origin = c.req.header('origin');
  if (origin !== originOf(c) && origin !== new URL(c.req.url).origin) {
    throw new AppError(
      'forbidden',
      'A write with the session cookie must come from the same origin; use an API token elsewhere.',
    );
  }
  const isForm = FORM_TYPE.test(c.req.header('content-type') ?? '');
  if (isForm && c.req.header('sec-fetch-site') !== 'same-origin') {
    throw new AppError(
      'forbidden',
      'A form sent with the session cookie must say that it comes from the same origin (Sec-Fetch-Site).',
    );
  }
}
