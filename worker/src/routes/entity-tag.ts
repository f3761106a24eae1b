/** ETag and If-Match (RFC 9110): a write that is meant for the state its author has seen, and for no other. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';

/** The tag of a flow is its revision: it changes exactly when the source does. */
export function entityTag({ revision }: { revision: number }): string {
  return `"${revision}"`;
}

/** Throws when the request names tags and none of them is the one that the thing has now. Without the header everything is meant. */
export function ifMatch(c: Context<AppEnv>): (current: { revision: number }) => void {
  const header = c.req.header('if-match');
  return (current) => {
    if (header === undefined || header.trim() === '*') return;
    const wanted = header.split(',').map((tag) => tag.trim());
    const tag = entityTag(current);
    if (wanted.includes(tag)) return;
    throw new AppError(
      'precondition_failed',
      `It was changed meanwhile: it has the tag ${tag} now, not ${header}. Read it again and repeat.`,
      { headers: { ETag: tag } },
    );
  };
}
