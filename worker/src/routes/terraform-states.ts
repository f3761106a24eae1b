/** Terraform's HTTP state backend: one address for each state, which takes the methods that its client uses by default (LOCK and
 *  UNLOCK), and `…/lock` for those whom a proxy lets through only the usual ones. Mounted under {tenant}/terraform/state. */
import type { Context } from 'hono';
import * as terraformStates from '../db/terraform-states.ts';
import { AppError } from '../errors.ts';
import { TERRAFORM_LOCK_BYTES_MAX, TERRAFORM_STATE_BYTES_MAX, TERRAFORM_STATES_PER_PAGE_MAX } from '../limits.ts';
import { bodyUpTo } from '../middleware/body-limit.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import type { HeldLock, Refusal, StateWrite } from '../objects/terraform-rules.ts';
import type { StateVersion } from '../objects/terraform-state-object.ts';
import { paged, PageQuery, toPage } from '../protocol/paging.ts';
import { readStateHead, TerraformLock, TerraformStateName } from '../protocol/terraform.ts';
import type { TerraformStatus, TerraformVersion } from '../protocol/terraform.ts';
import { jsonText } from './execution-id.ts';
import { instant } from './respond.ts';
import { TerraformVersions } from './terraform-versions.ts';

export const terraformRoutes = routes();

terraformRoutes.get('/', can('TERRAFORM_STATE', 'LIST'), async (c) => {
  const { offset, size } = toPage(PageQuery.parse(c.req.query()));
  const page = { offset, size: Math.min(size, TERRAFORM_STATES_PER_PAGE_MAX) };
  const { names, counted } = await terraformStates.names(c.var.tenant, page);
  return c.json(paged(await Promise.all(names.map((name) => statusOf(c, name))), counted));
});

terraformRoutes.get('/:name', can('TERRAFORM_STATE', 'VIEW'), async (c) => {
  const { object, versions } = stateOf(c);
  const { current } = await object.status();
  if (current === undefined) throw new AppError('not_found', `There is no Terraform state ${c.req.param('name')} yet.`);
  return stateAnswer(await versions.get(current.number));
});

terraformRoutes.on(
  ['POST', 'PUT'],
  '/:name',
  can('TERRAFORM_STATE', 'UPDATE'),
  bodyUpTo(TERRAFORM_STATE_BYTES_MAX),
  async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const md5 = await verifiedMd5(c, bytes);
    const head = readStateHead(bytes);
    if (head?.version !== 4)
      throw new AppError('invalid_body', 'The body is no Terraform state of version 4 with a serial and a lineage.');
    const lockId = c.req.query('ID') || undefined;
    return write(c, bytes, {
      serial: head.serial,
      lineage: head.lineage,
      md5,
      ...(lockId !== undefined && { lockId }),
    });
  },
);

/** For people and the CLI: Terraform itself never deletes a state. */
terraformRoutes.delete('/:name', can('TERRAFORM_STATE', 'DELETE'), async (c) => {
  const { name, object, versions } = stateOf(c);
  const kept = await object.versions();
  const answer = await object.remove();
  if (!answer.ok) return refused(answer.error, 423);
  await versions.delete(kept.map(({ number }) => number));
  await terraformStates.remove(c.var.tenant, name);
  return c.body(null, 204);
});

terraformRoutes.on('LOCK', '/:name', can('TERRAFORM_STATE', 'LOCK'), lock);
terraformRoutes.put('/:name/lock', can('TERRAFORM_STATE', 'LOCK'), lock);
terraformRoutes.on('UNLOCK', '/:name', can('TERRAFORM_STATE', 'UNLOCK'), unlock);
terraformRoutes.delete('/:name/lock', can('TERRAFORM_STATE', 'UNLOCK'), unlock);

terraformRoutes.get('/:name/versions', can('TERRAFORM_STATE', 'LIST'), async (c) => {
  const { offset, size } = toPage(PageQuery.parse(c.req.query()));
  const all = await stateOf(c).object.versions();
  return c.json(paged(all.slice(offset, offset + size).map(viewVersion), all.length));
});

terraformRoutes.get('/:name/versions/:serial', can('TERRAFORM_STATE', 'VIEW'), async (c) => {
  const { versions } = stateOf(c);
  return stateAnswer(await versions.get((await versionOf(c)).number));
});

terraformRoutes.post('/:name/versions/:serial/restore', can('TERRAFORM_STATE', 'UPDATE'), async (c) => {
  const { versions } = stateOf(c);
  const { number, serial, lineage, md5 } = await versionOf(c);
  const bytes = await versions.get(number);
  if (bytes === undefined) throw noSuchVersion(c);
  return write(c, bytes, { serial, lineage, md5, isRestored: true });
});

/** First the bytes, then the word that they are the newest: whoever reads in between finds the state before. */
async function write(c: Context<AppEnv>, bytes: Uint8Array<ArrayBuffer>, change: StateWrite): Promise<Response> {
  const { name, object, versions } = stateOf(c);
  const prepared = await object.prepare(change);
  if (!prepared.ok) return refused(prepared.error, 423);
  const { isSame, number } = prepared.value;
  if (isSame) return c.body(null, 200);
  await terraformStates.add(c.var.tenant, name, c.var.now);
  await versions.put(number, bytes);
  const { now: at, principal } = c.var;
  const committed = await object.commit(number, { ...change, size: bytes.byteLength, at, by: principal.email });
  await versions.delete(committed.ok ? committed.value.dropped : [number]);
  return committed.ok ? c.body(null, 200) : refused(committed.error, 423);
}

async function lock(c: Context<AppEnv>): Promise<Response> {
  const { name, object } = stateOf(c);
  const wanted = readLock(await lockText(c));
  await terraformStates.add(c.var.tenant, name, c.var.now);
  const answer = await object.lock(wanted);
  return answer.ok ? jsonText(wanted.document) : refused(answer.error, 423);
}

/** Without a body the lock is taken away from whoever holds it: `force-unlock` sends none. */
async function unlock(c: Context<AppEnv>): Promise<Response> {
  const text = await lockText(c);
  const id = text.trim() === '' ? undefined : readLock(text).id;
  const answer = await stateOf(c).object.unlock(id);
  return answer.ok ? c.body(null, 200) : refused(answer.error, 409);
}

async function lockText(c: Context<AppEnv>): Promise<string> {
  const text = await c.req.text();
  if (text.length > TERRAFORM_LOCK_BYTES_MAX)
    throw new AppError('too_large', `A lock has at most ${TERRAFORM_LOCK_BYTES_MAX} bytes.`);
  return text;
}

function readLock(document: string): HeldLock {
  try {
    const { ID: id, Operation: operation } = TerraformLock.parse(JSON.parse(document));
    return { id, document, ...(operation !== undefined && { operation }) };
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is no lock of Terraform: a JSON object with an ID.', { cause });
  }
}

/** The client shows whose lock it is, and reads nothing but the lock's document. */
function refused(refusal: Refusal, status: 409 | 423): Response {
  if (refusal.kind === 'conflict') throw new AppError('conflict', refusal.message);
  return jsonText(refusal.holder.document, status);
}

async function verifiedMd5(c: Context<AppEnv>, bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('MD5', bytes));
  const md5 = btoa(String.fromCharCode(...digest));
  const expected = c.req.header('content-md5');
  if (expected !== undefined && expected !== md5)
    throw new AppError('bad_request', 'The body came damaged: its MD5 is not the one in Content-MD5. Send it again.');
  return md5;
}

function stateOf(c: Context<AppEnv>) {
  const name = TerraformStateName.safeParse(c.req.param('name'));
  if (!name.success)
    throw new AppError(
      'invalid_parameter',
      `The name of a state ${name.error.issues.map((issue) => issue.message).join(', ')}.`,
    );
  const { tenant, config } = c.var;
  return {
    name: name.data,
    object: tenant.terraformState(name.data),
    versions: new TerraformVersions(tenant, config.secrets, name.data),
  };
}

/** After a forced push a serial may have come twice: the newest one is meant. */
async function versionOf(c: Context<AppEnv>): Promise<StateVersion> {
  const all = await stateOf(c).object.versions();
  const version = all.find(({ serial }) => String(serial) === c.req.param('serial'));
  if (version === undefined) throw noSuchVersion(c);
  return version;
}

function noSuchVersion(c: Context<AppEnv>): AppError {
  return new AppError(
    'not_found',
    `The state ${c.req.param('name')} has no version with serial ${c.req.param('serial')}.`,
  );
}

function stateAnswer(bytes: Uint8Array<ArrayBuffer> | undefined): Response {
  if (bytes === undefined) throw new AppError('not_found', 'The bytes of this version are gone.');
  return new Response(bytes, {
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' },
  });
}

async function statusOf(c: Context<AppEnv>, name: string): Promise<TerraformStatus> {
  const { current, lock: held } = await c.var.tenant.terraformState(name).status();
  return {
    name,
    ...(current && { current: viewVersion(current) }),
    ...(held && { lock: TerraformLock.parse(JSON.parse(held.document)) }),
  };
}

function viewVersion({ serial, lineage, md5, size, at, by, forced }: StateVersion): TerraformVersion {
  return { serial, lineage, md5, size, createdAt: instant(at), createdBy: by, forced };
}
