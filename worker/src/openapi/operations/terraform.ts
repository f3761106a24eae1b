import { z } from 'zod';
import { PageQuery, pagedOf } from '../../protocol/paging.ts';
import { TerraformLock, TerraformStatus, TerraformVersion } from '../../protocol/terraform.ts';
import { empty, json, jsonBody } from '../operation.ts';
import type { Operations } from '../operation.ts';

const STATE = json('The state, as Terraform wrote it', z.looseObject({}));
const STATE_BODY = jsonBody(z.looseObject({ version: z.literal(4), serial: z.int(), lineage: z.string() }));
const LOCK_ID = z.object({ ID: z.string().optional() });
const LOCKED = ['locked', 'conflict'] as const;

export const terraformOperations: Operations = {
  'GET /{tenant}/terraform/state': {
    id: 'listTerraformStates',
    summary: 'List Terraform states',
    query: PageQuery,
    answer: json('States', pagedOf(TerraformStatus)),
  },
  'GET /{tenant}/terraform/state/{name}': { id: 'getTerraformState', summary: 'Get a Terraform state', answer: STATE },
  'POST /{tenant}/terraform/state/{name}': {
    id: 'writeTerraformState',
    summary: 'Write a Terraform state',
    query: LOCK_ID,
    body: STATE_BODY,
    answer: empty(200),
    errors: [...LOCKED, 'bad_request'],
  },
  'PUT /{tenant}/terraform/state/{name}': {
    id: 'putTerraformState',
    summary: 'Write a Terraform state, with `update_method = "PUT"`',
    query: LOCK_ID,
    body: STATE_BODY,
    answer: empty(200),
    errors: [...LOCKED, 'bad_request'],
  },
  'DELETE /{tenant}/terraform/state/{name}': {
    id: 'deleteTerraformState',
    summary: 'Forget a Terraform state with all its versions',
    answer: empty(204),
    errors: LOCKED,
  },
  'PUT /{tenant}/terraform/state/{name}/lock': {
    id: 'lockTerraformState',
    summary: 'Lock a Terraform state; also LOCK on the state itself',
    body: jsonBody(TerraformLock),
    answer: json('The lock', TerraformLock),
    errors: LOCKED,
  },
  'DELETE /{tenant}/terraform/state/{name}/lock': {
    id: 'unlockTerraformState',
    summary: 'Give a lock back, or take it away without a body; also UNLOCK on the state itself',
    body: { ...jsonBody(TerraformLock), isOptional: true },
    answer: empty(200),
    errors: LOCKED,
  },
  'GET /{tenant}/terraform/state/{name}/versions': {
    id: 'listTerraformStateVersions',
    summary: 'List the versions of a Terraform state',
    query: PageQuery,
    answer: json('Newest first', pagedOf(TerraformVersion)),
  },
  'GET /{tenant}/terraform/state/{name}/versions/{serial}': {
    id: 'getTerraformStateVersion',
    summary: 'Get an older version of a Terraform state',
    answer: STATE,
  },
  'POST /{tenant}/terraform/state/{name}/versions/{serial}/restore': {
    id: 'restoreTerraformStateVersion',
    summary: 'Take an older version of a Terraform state up again',
    answer: empty(200),
    errors: LOCKED,
  },
};
