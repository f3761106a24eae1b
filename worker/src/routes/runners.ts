/** What runners call about themselves: enrol, connect, ask for work. Mounted under {tenant}/runners. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { open } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { groupOfRunner, groupOfToken, OpenSession, Poll, RegisterRunner, RunnerIdText } from '../protocol/runner.ts';
import { readJson } from './json-body.ts';
import { runnerCredential, unwrap } from './runner-answer.ts';

export const runnerRoutes = routes();

runnerRoutes.post('/register', open(), async (c) => {
  const request = await readJson(c, RegisterRunner);
  const group = groupOfToken(request.token, 'enr');
  if (group === null) throw new AppError('unauthenticated', 'This is no enrolment token (rnd_enr_…).');
  return c.json(unwrap(await c.var.tenant.runnerGroup(group).register(group, request)));
});

runnerRoutes.post('/:runner/challenge', open(), async (c) => {
  const { runner, object } = runnerOf(c);
  return c.json(unwrap(await object.challenge(runner)));
});

runnerRoutes.post('/:runner/session', open(), async (c) => {
  const { runner, group, object } = runnerOf(c);
  return c.json(unwrap(await object.openSession(group, runner, await readJson(c, OpenSession))));
});

runnerRoutes.delete('/:runner/session', open(), async (c) => {
  const { token, object } = runnerCredential(c, 'ses');
  unwrap(await object.closeSession(token, runnerOf(c).runner));
  return c.body(null, 204);
});

runnerRoutes.post('/:runner/poll', open(), async (c) => {
  const { token, object } = runnerCredential(c, 'ses');
  const answer = unwrap(await object.poll(token, runnerOf(c).runner, await readJson(c, Poll)));
  return answer === null ? c.body(null, 204) : c.json(answer);
});

runnerRoutes.get('/:runner/channel', open(), async (c) => {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new AppError('bad_request', 'The channel is a WebSocket.');
  }
  const { token, object } = runnerCredential(c, 'ses');
  const headers = { upgrade: 'websocket', authorization: `Bearer ${token}`, 'x-runner-id': runnerOf(c).runner };
  const answer = await object.fetch('https://runner-group/channel', { headers });
  if (answer.status !== 101) throw new AppError('unauthenticated', 'The connection token is unknown or expired.');
  return new Response(null, { status: 101, webSocket: answer.webSocket });
});

function runnerOf(c: Context<AppEnv>) {
  const runner = RunnerIdText.safeParse(c.req.param('runner'));
  if (!runner.success) throw new AppError('not_found', 'There is no such runner.');
  const group = groupOfRunner(runner.data);
  return { runner: runner.data, group, object: c.var.tenant.runnerGroup(group) };
}
