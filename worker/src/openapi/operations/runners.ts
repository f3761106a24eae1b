import { z } from 'zod';
import {
  Challenge,
  ClaimedJob,
  ClaimJob,
  CompleteJob,
  Heartbeat,
  HeartbeatAnswer,
  LogAnswer,
  OpenedSession,
  OpenSession,
  Poll,
  PollAnswer,
  RegisteredRunner,
  RegisterRunner,
  StoredFile,
} from '../../protocol/runner.ts';
import { empty, file, json, jsonBody } from '../operation.ts';
import type { Operations } from '../operation.ts';

const CREDENTIAL_FAULTS = ['unauthenticated', 'forbidden', 'bad_request'] as const;
const FENCE = z.object({ fence: z.int().min(1) });

const groups: Operations = {
  'GET /{tenant}/runner-groups': { id: 'listRunnerGroups', summary: 'List runner groups' },
  'POST /{tenant}/runner-groups': {
    id: 'createRunnerGroup',
    summary: 'Create a runner group',
    errors: ['already_exists', 'limit_reached'],
  },
  'GET /{tenant}/runner-groups/{group}': {
    id: 'getRunnerGroup',
    summary: 'A runner group, its runners, jobs and tokens',
  },
  'PUT /{tenant}/runner-groups/{group}': { id: 'updateRunnerGroup', summary: 'Describe a runner group' },
  'DELETE /{tenant}/runner-groups/{group}': {
    id: 'deleteRunnerGroup',
    summary: 'Delete a runner group',
    errors: ['conflict'],
  },
  'GET /{tenant}/runner-groups/{group}/metrics': {
    id: 'getRunnerGroupMetrics',
    summary: 'Figures to scale runners by',
  },
  'POST /{tenant}/runner-groups/{group}/tokens': {
    id: 'createEnrolmentToken',
    summary: 'Make an enrolment token; it is shown this once',
  },
  'DELETE /{tenant}/runner-groups/{group}/tokens/{token}': {
    id: 'deleteEnrolmentToken',
    summary: 'Revoke an enrolment token',
  },
  'PUT /{tenant}/runner-groups/{group}/runners/{runner}': {
    id: 'updateRunner',
    summary: 'Drain a runner, or let it work again',
  },
  'DELETE /{tenant}/runner-groups/{group}/runners/{runner}': { id: 'deleteRunner', summary: 'Revoke a runner' },
};

const protocol: Operations = {
  'POST /{tenant}/runners/register': {
    id: 'registerRunner',
    summary: 'Enrol a runner by its token',
    body: jsonBody(RegisterRunner),
    answer: json('Its id', RegisteredRunner),
  },
  'POST /{tenant}/runners/{runner}/challenge': {
    id: 'challengeRunner',
    summary: 'Ask for something to sign',
    answer: json('What to sign', Challenge),
  },
  'POST /{tenant}/runners/{runner}/session': {
    id: 'openRunnerSession',
    summary: 'Connect with a signed challenge',
    body: jsonBody(OpenSession),
    answer: json('A connection token', OpenedSession),
  },
  'DELETE /{tenant}/runners/{runner}/session': { id: 'closeRunnerSession', summary: 'Say goodbye', answer: empty(204) },
  'POST /{tenant}/runners/{runner}/poll': {
    id: 'pollRunner',
    summary: 'Ask for work',
    body: jsonBody(Poll),
    answer: json('Work, or none', PollAnswer),
  },
  'GET /{tenant}/runners/{runner}/channel': {
    id: 'openRunnerChannel',
    summary: 'A WebSocket that says when to ask',
    answer: { status: 101, description: 'The WebSocket' },
  },
  'POST /{tenant}/runs/{job}/claim': {
    id: 'claimJob',
    summary: 'Take a job',
    body: jsonBody(ClaimJob),
    answer: json('The job', ClaimedJob),
    errors: ['stale_fence'],
  },
  'POST /{tenant}/runs/{job}/heartbeat': {
    id: 'renewJob',
    summary: 'Renew the lease of a job',
    body: jsonBody(Heartbeat),
    answer: json('Whether to stop', HeartbeatAnswer),
    errors: ['stale_fence'],
  },
  'POST /{tenant}/runs/{job}/logs': {
    id: 'appendJobLogs',
    summary: 'Send log entries, a JSON on each line',
    query: FENCE.extend({ sequence: z.int().min(0) }),
    body: { type: 'application/x-ndjson' },
    answer: json('Which batch is next', LogAnswer),
    errors: ['stale_fence'],
  },
  'PUT /{tenant}/runs/{job}/files/{name}': {
    id: 'putJobFile',
    summary: 'Upload a file of a job',
    query: FENCE,
    body: { type: 'application/octet-stream' },
    answer: json('Where it is', StoredFile),
    errors: ['stale_fence'],
  },
  'GET /{tenant}/runs/{job}/files': {
    id: 'getJobFile',
    summary: 'Download a file for a job',
    query: FENCE.extend({ uri: z.string() }),
    answer: file('The file', 'application/octet-stream'),
    errors: ['stale_fence'],
  },
  'GET /{tenant}/runs/{job}/cache': {
    id: 'getJobCache',
    summary: 'Download the cached files of a task',
    query: FENCE.extend({ ageMsMax: z.int().min(0).optional() }),
    answer: file('An archive; 204 when there is none', 'application/octet-stream'),
    errors: ['stale_fence'],
  },
  'PUT /{tenant}/runs/{job}/cache': {
    id: 'putJobCache',
    summary: 'Upload the cached files of a task',
    query: FENCE,
    body: { type: 'application/octet-stream' },
    answer: empty(204),
    errors: ['stale_fence'],
  },
  'GET /{tenant}/runs/{job}/namespace-files': {
    id: 'listJobNamespaceFiles',
    summary: "Files of the job's namespace",
    query: FENCE,
    answer: json('Paths and URIs', z.object({ files: z.array(z.object({ path: z.string(), uri: z.string() })) })),
    errors: ['stale_fence'],
  },
  'POST /{tenant}/runs/{job}/complete': {
    id: 'completeJob',
    summary: 'End a job with its result',
    body: jsonBody(CompleteJob),
    answer: empty(204),
    errors: ['stale_fence'],
  },
};

/** These are open to people without credentials, and each asks for a credential of a runner by itself. */
const guarded = Object.fromEntries(
  Object.entries(protocol).map(([route, operation]) => [
    route,
    { ...operation, errors: [...CREDENTIAL_FAULTS, ...(operation.errors ?? [])] },
  ]),
);

export const runnerOperations: Operations = { ...groups, ...guarded };
