/** The two ends of every request of a runner: its credential, and the answer of the group's object. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import type { Answer } from '../objects/runner-group-object.ts';
import { groupOfToken } from '../protocol/runner.ts';
import type { RunnerTokenKind } from '../protocol/runner.ts';

/** Throws what the object refused with. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new AppError(answer.error.code, answer.error.message);
}

/** The runner's token, and the object that can tell whether it is good. Runners are no members of the tenant: their routes
 *  are open, and these tokens are all that they accept. */
export function runnerCredential(c: Context<AppEnv>, kind: Extract<RunnerTokenKind, 'ses' | 'job'>) {
  const token = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const group = groupOfToken(token, kind);
  if (group === null) {
    const what = kind === 'ses' ? 'the connection token of a runner' : 'the token of a claimed job';
    throw new AppError('unauthenticated', `Send ${what} (Authorization: Bearer rnd_${kind}_…).`);
  }
  return { token, group, object: c.var.tenant.runnerGroup(group) };
}
