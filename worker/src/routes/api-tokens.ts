/** The caller's own API tokens. Mounted under /api/v1/me/api-tokens. */
import { createRoute, z } from '@hono/zod-openapi';
import { Temporal } from 'temporal-polyfill';
import * as apiTokens from '../db/api-tokens.ts';
import type { ApiToken } from '../db/api-tokens.ts';
import { directoryOf } from '../db/directory.ts';
import { AppError } from '../errors.ts';
import { hashOf, newToken, tokenPrefix } from '../identity/token.ts';
import { TOKEN_LIFE_MS_DEFAULT, TOKEN_LIFE_MS_MAX, TOKENS_PER_PERSON_MAX } from '../limits.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { signedIn } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { instant, json, jsonBody, NO_CONTENT } from './respond.ts';

const MaxAge = z.iso.duration().transform((text, context) => {
  const ms = Temporal.Duration.from(text).total({ unit: 'milliseconds', relativeTo: '1970-01-01' });
  if (ms > 0 && ms <= TOKEN_LIFE_MS_MAX) return ms;
  context.addIssue({
    code: 'custom',
    message: `must be more than nothing and at most ${TOKEN_LIFE_MS_MAX / 86_400_000} days`,
  });
  return z.NEVER;
});

const TokenView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  prefix: z.string(),
  iat: z.string(),
  exp: z.string(),
  lastUsed: z.string().optional(),
  expired: z.boolean(),
});

const list = createRoute({
  method: 'get',
  path: '/',
  middleware: [signedIn()] as const,
  responses: {
    200: json("The caller's tokens, newest first", z.object({ results: z.array(TokenView), total: z.int() })),
  },
});

const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [signedIn()] as const,
  request: jsonBody(
    z.object({
      name: z.string().trim().min(1).max(100),
      description: z.string().max(500).optional(),
      maxAge: MaxAge.optional(),
    }),
  ),
  responses: {
    200: json(
      'The token; it is shown this once',
      z.object({ id: z.string(), name: z.string(), fullToken: z.string() }),
    ),
  },
});

const remove = createRoute({
  method: 'delete',
  path: '/{id}',
  middleware: [signedIn()] as const,
  request: { params: z.object({ id: z.string() }) },
  responses: NO_CONTENT,
});

export const apiTokenRoutes = routes<GlobalEnv>()
  .openapi(list, async (c) => {
    const tokens = await apiTokens.list(directoryOf(c.env), c.var.principal.userId);
    return c.json({ results: tokens.map((token) => toView(token, c.var.now)), total: tokens.length }, 200);
  })
  .openapi(create, async (c) => {
    const { name, description, maxAge = TOKEN_LIFE_MS_DEFAULT } = c.req.valid('json');
    const { principal, now, random, newId } = c.var;
    const directory = directoryOf(c.env);
    if ((await apiTokens.countUsable(directory, principal.userId, now)) >= TOKENS_PER_PERSON_MAX) {
      throw new AppError('limit_reached', `A person may have ${TOKENS_PER_PERSON_MAX} tokens; revoke one first.`);
    }
    const fullToken = newToken('pat', random);
    const id = newId();
    await apiTokens.create(directory, {
      id,
      hash: await hashOf(fullToken),
      userId: principal.userId,
      name,
      description,
      prefix: tokenPrefix(fullToken),
      createdAt: now,
      expiresAt: now + maxAge,
    });
    return c.json({ id, name, fullToken }, 200);
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid('param');
    const removed = await apiTokens.remove(directoryOf(c.env), c.var.principal.userId, id);
    if (!removed) throw new AppError('not_found', `Token ${id} not found`);
    c.var.trust.forget();
    return c.body(null, 204);
  });

function toView(
  { createdAt, expiresAt, lastUsedAt, description, ...token }: ApiToken,
  now: number,
): z.infer<typeof TokenView> {
  return {
    ...token,
    iat: instant(createdAt),
    exp: instant(expiresAt),
    expired: expiresAt <= now,
    ...(description !== null && { description }),
    ...(lastUsedAt !== null && { lastUsed: instant(lastUsedAt) }),
  };
}
