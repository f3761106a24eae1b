/** The wire contract between the server and self-hosted runners. A job is one attempt of a task run, handed to a runner.
 *
 *   P1. A runner connects outward only. It asks for work (`poll`); the WebSocket (`channel`) only tells it when to ask.
 *   P2. Offer, claim, renew, complete: each is stored before it is sent, and each may be repeated.
 *   P3. At most one attempt is live: a claim gives a fence, every write carries it, an old one is answered with 409 `stale_fence`.
 *   P4. A runner that cannot renew kills its own job before the server gives it up.
 *   P5. Secrets are sent with the claim, only those the job needs, and are masked on the runner. */
import { z } from 'zod';
import {
  LOG_MESSAGE_CHARS_MAX,
  RUNNER_ENROLMENT_MS,
  RUNNER_ENROLMENT_MS_MAX,
  RUNNER_ENROLMENT_USES_MAX,
  RUNNER_POLL_MS_MAX,
  RUNNER_SLOTS_MAX,
  RUNNER_TAG_CHARS_MAX,
  RUNNER_TAGS_MAX,
} from '../limits.ts';
import { JobSpec, TASK_RUNNER_TYPES } from './job.ts';
import type { TaskRunnerType } from './job.ts';
import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { LOG_LEVELS } from './states.ts';

/** Raised when a runner and a server of different versions would misunderstand each other. */
export const RUNNER_PROTOCOL = 1;

/** Our secrets start with a prefix that scanners find; the group in it leads to the object that knows the rest. */
export const RUNNER_TOKEN_KINDS = ['enr', 'ses', 'job'] as const;
export type RunnerTokenKind = (typeof RUNNER_TOKEN_KINDS)[number];
export const RUNNER_TOKEN = /^rnd_(enr|ses|job)_([a-z0-9][a-z0-9-]*)_([0-9A-Za-z]{32,64})$/;

/** The group a runner's token names; null for text that is no token of this kind. */
export function groupOfToken(token: string, kind: RunnerTokenKind): string | null {
  const match = RUNNER_TOKEN.exec(token);
  return match?.[1] === kind ? (match[2] ?? null) : null;
}

export const GroupId = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/, 'must be up to 50 lower-case letters, digits and inner hyphens');

/** `<group>.<random>`: the group leads to the object that knows the runner. */
export const RunnerIdText = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}\.[0-9A-Za-z]{16}$/, 'must be the id of a runner');

export function groupOfRunner(id: string): string {
  return id.slice(0, id.indexOf('.'));
}

export const JobIdText = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/, 'must be the id of a job');

const Tag = z
  .string()
  .max(RUNNER_TAG_CHARS_MAX)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and inner hyphens');
export const Tags = z.array(Tag).max(RUNNER_TAGS_MAX);

/** What the engine's outbox hands to a runner group. Routing only: the group keeps no rendered value that holds a secret. */
export interface JobOffer {
  /** One for each attempt, for example `<taskRunId>-<attempt>`: a repeated offer with it changes nothing. */
  jobId: string;
  /** `ctx.id.toString()` of the object that holds the execution: where events and logs go. */
  replyTo: string;
  executionId: string;
  /** The task run's index in its execution, and its id. */
  taskRun: number;
  taskRunId: string;
  /** From 1. */
  attempt: number;
  namespace: string;
  flowId: string;
  taskId: string;
  tags: string[];
  match: 'ALL' | 'ANY';
  /** Higher goes first; 0 is usual. */
  priority?: number;
  /** Only runners that offer all of these see the job. */
  taskRunners?: TaskRunnerType[];
  /** The job only keeps a directory: others come to its runner, and run in it. */
  isWorkspace?: boolean;
  /** The job that keeps the directory in which this one runs. It goes to the same runner, and takes none of its slots. */
  workspace?: string;
  /** JSON text of the JobSpec, if rendering it touched no secret. Absent: the claim asks the execution to render it. */
  spec?: string;
  timeoutMs?: number;
  /** Other executions whose files this one may read: its caller, its children, those it replays. */
  related?: string[];
}

/** What a claim gets from the execution. `over`: the attempt may not start any more, the job is dropped. */
export type JobStart =
  | {
      kind: 'start';
      /** JSON text of the JobSpec. */
      spec: string;
      /** Values to mask: the secrets that rendering touched, and SECRET inputs. */
      secrets: string[];
    }
  | { kind: 'over'; reason: string };

// Enrolment: a token made by a person, a key made by the runner.

export const CreateEnrolmentToken = z.object({
  uses: z.int().min(1).max(RUNNER_ENROLMENT_USES_MAX).default(1),
  ttlMs: z.int().min(1_000).max(RUNNER_ENROLMENT_MS_MAX).default(RUNNER_ENROLMENT_MS),
  tags: Tags.default([]),
  description: z.string().max(500).optional(),
});
export type CreateEnrolmentToken = z.infer<typeof CreateEnrolmentToken>;

export const EnrolmentToken = z
  .object({
    id: z.string(),
    tags: z.array(z.string()),
    usesLeft: z.number(),
    expiresAt: z.string(),
    createdBy: z.string(),
    description: z.string().optional(),
  })
  .meta({ id: 'EnrolmentToken' });
export type EnrolmentToken = z.infer<typeof EnrolmentToken>;

/** The only answer that ever holds the token itself. */
export const CreatedEnrolmentToken = z.object({ id: z.string(), token: z.string(), expiresAt: z.string() });
export type CreatedEnrolmentToken = z.infer<typeof CreatedEnrolmentToken>;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

export const RegisterRunner = z.object({
  token: z.string(),
  /** The 32 bytes of an Ed25519 public key. */
  publicKey: base64url.length(43),
  name: z.string().min(1).max(100),
  version: z.string().max(50).default('0'),
  protocol: z.int().default(RUNNER_PROTOCOL),
});
export type RegisterRunner = z.infer<typeof RegisterRunner>;

export const RegisteredRunner = z.object({ runnerId: z.string(), group: z.string(), tags: z.array(z.string()) });
export type RegisteredRunner = z.infer<typeof RegisteredRunner>;

// Connection: a signed challenge gives a short-lived token.

export const Challenge = z.object({ challenge: z.string() });
export type Challenge = z.infer<typeof Challenge>;

export const OpenSession = z.object({
  challenge: z.string(),
  /** Of this process; a new one for each start. */
  instance: z.string().min(8).max(64),
  /** Of the process before, as kept beside the key: tells a restart from a copy of the disk. */
  previousInstance: z.string().max(64).optional(),
  signature: base64url,
  version: z.string().max(50).default('0'),
  protocol: z.int().default(RUNNER_PROTOCOL),
  slots: z.int().min(1).max(RUNNER_SLOTS_MAX),
  taskRunners: z.array(z.enum(TASK_RUNNER_TYPES)),
});
export type OpenSession = z.infer<typeof OpenSession>;

/** The text that a runner signs: bound to the runner, this process and this challenge. */
export function challengeText(runnerId: string, instance: string, challenge: string): string {
  return `rondo-runner-session\n${runnerId}\n${instance}\n${challenge}`;
}

/** The server's clock of this contract, so that a runner and its server never disagree on it. */
export const RunnerTimes = z.object({
  leaseMs: z.int().positive(),
  renewMs: z.int().positive(),
  selfKillMs: z.int().positive(),
});
export type RunnerTimes = z.infer<typeof RunnerTimes>;

export const OpenedSession = z.object({ token: z.string(), expiresInMs: z.int().positive(), times: RunnerTimes });
export type OpenedSession = z.infer<typeof OpenedSession>;

// Work.

export const Poll = z.object({
  /** Jobs that this runner could start now. */
  slots: z.int().min(0).max(RUNNER_SLOTS_MAX),
  /** How long the answer may be held while there is nothing to say. */
  waitMs: z.int().min(0).max(RUNNER_POLL_MS_MAX).default(0),
  /** It finishes what it has and ends. */
  draining: z.boolean().default(false),
});
export type Poll = z.infer<typeof Poll>;

export const CANCEL_REASONS = ['kill', 'timeout'] as const;
export const CancelReason = z.enum(CANCEL_REASONS);
export type CancelReason = z.infer<typeof CancelReason>;

/** How the tasks in a workspace ended. */
export const WorkspaceEnd = z.enum(['SUCCESS', 'FAILED']);
export type WorkspaceEnd = z.infer<typeof WorkspaceEnd>;

/** 204 without a body when there is nothing to say. */
export const PollAnswer = z.object({
  /** One with a workspace needs no free slot. */
  offers: z.array(z.object({ jobId: z.string(), workspace: z.string().optional() })),
  /** Workspaces of this runner whose tasks are over. */
  closes: z.array(z.object({ jobId: z.string(), end: WorkspaceEnd })).default([]),
  /** Jobs of this runner that must end. */
  cancels: z.array(z.object({ jobId: z.string(), reason: CancelReason })),
  /** Finish what runs and take nothing new. */
  drain: z.boolean(),
});
export type PollAnswer = z.infer<typeof PollAnswer>;

/** What the channel says. A lost message costs time, never correctness: polls and renewals say the same. */
export const ChannelMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('wake') }),
  z.object({ type: z.literal('cancel'), jobId: z.string(), reason: CancelReason }),
  z.object({ type: z.literal('close'), jobId: z.string(), end: WorkspaceEnd }),
  z.object({ type: z.literal('drain') }),
]);
export type ChannelMessage = z.infer<typeof ChannelMessage>;

/** Sent as they are, answered by the edge without waking the object. */
export const CHANNEL_PING = 'ping';
export const CHANNEL_PONG = 'pong';

/** Close codes after which a runner must not come back as it is. */
export const CLOSE_REVOKED = 4403;
export const CLOSE_REPLACED = 4409;

export const ClaimJob = z.object({ attemptId: z.string().min(8).max(64) });
export type ClaimJob = z.infer<typeof ClaimJob>;

export const ClaimedJob = z.object({
  jobId: z.string(),
  fence: z.int().positive(),
  /** Bearer token of everything that follows; good for this attempt and its lease. */
  token: z.string(),
  executionId: z.string(),
  namespace: z.string(),
  flowId: z.string(),
  taskId: z.string(),
  taskRunId: z.string(),
  attempt: z.int().positive(),
  timeoutMs: z.number().positive().optional(),
  /** The job of this runner in whose directory it runs. */
  workspace: z.string().optional(),
  spec: JobSpec,
  secrets: z.array(z.string()),
});
export type ClaimedJob = z.infer<typeof ClaimedJob>;

/** Renews the lease; the answer carries control, so that it works without a channel. */
export const Heartbeat = z.object({ fence: z.int().positive() });
export const HeartbeatAnswer = z.object({
  cancel: CancelReason.optional(),
  close: WorkspaceEnd.optional(),
  drain: z.boolean(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

/** One line of a batch (NDJSON). The query says `fence` and `sequence`, the number of the batch's first entry, from 0. */
export const RunnerLogEntry = z.object({
  at: z.int().nonnegative(),
  level: z.enum(LOG_LEVELS),
  message: z.string().max(LOG_MESSAGE_CHARS_MAX),
});
export type RunnerLogEntry = z.infer<typeof RunnerLogEntry>;

/** The number of the next entry that is expected. */
export const LogAnswer = z.object({ next: z.int().nonnegative() });

export const StoredFile = z.object({ uri: z.string(), size: z.int().nonnegative() });
export type StoredFile = z.infer<typeof StoredFile>;

/** Of an upload: the hexadecimal SHA-256 of its body. */
export const SHA256_HEADER = 'x-rondo-sha256';

export const JobMetric = z.object({
  name: z.string().min(1).max(200),
  type: z.enum(['counter', 'timer']),
  /** A timer's value is in milliseconds. */
  value: z.number(),
  tags: z.record(z.string(), z.string()).default({}),
});
export type JobMetric = z.infer<typeof JobMetric>;

/** `RELEASED`: the runner gives the job back undone, because it stops. */
export const JOB_RESULT_STATES = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'RELEASED'] as const;

export const CompleteJob = z.object({
  fence: z.int().positive(),
  state: z.enum(JOB_RESULT_STATES),
  outputs: z.custom<JsonObject>(isJsonObject, 'must be a map').meta({ type: 'object' }).default({}),
  metrics: z.array(JobMetric).max(10_000).default([]),
  /** Why it failed, in a sentence; also the last line of the log. */
  message: z.string().max(LOG_MESSAGE_CHARS_MAX).optional(),
});
export type CompleteJob = z.input<typeof CompleteJob>;
export type JobResult = z.output<typeof CompleteJob>;

// What the dashboard reads.

export const RUNNER_STATES = ['online', 'busy', 'draining', 'paused', 'offline', 'outdated', 'clone-suspect'] as const;
export type RunnerState = (typeof RUNNER_STATES)[number];

export const RunnerView = z
  .object({
    id: z.string(),
    group: z.string(),
    name: z.string(),
    state: z.enum(RUNNER_STATES),
    tags: z.array(z.string()),
    taskRunners: z.array(z.string()),
    version: z.string(),
    slots: z.number(),
    running: z.number(),
    enrolledAt: z.string(),
    enrolledBy: z.string(),
    lastSeenAt: z.string().optional(),
    /** SHA-256 of the public key, base64url. */
    fingerprint: z.string(),
    pauseNote: z.string().optional(),
  })
  .meta({ id: 'RunnerView' });
export type RunnerView = z.infer<typeof RunnerView>;

export const GroupMetrics = z
  .object({
    queued: z.number(),
    oldestAgeMs: z.number(),
    running: z.number(),
    runners: z.number(),
    online: z.number(),
    busySlots: z.number(),
    idleSlots: z.number(),
  })
  .meta({ id: 'GroupMetrics' });
export type GroupMetrics = z.infer<typeof GroupMetrics>;

export const JobView = z
  .object({
    jobId: z.string(),
    executionId: z.string(),
    namespace: z.string(),
    flowId: z.string(),
    taskId: z.string(),
    attempt: z.number(),
    state: z.enum(['QUEUED', 'OFFERED', 'RUNNING', 'DONE']),
    runnerId: z.string().optional(),
    queuedAt: z.string(),
    startedAt: z.string().optional(),
    endedAt: z.string().optional(),
    /** How it ended, or why it waits. */
    note: z.string().optional(),
  })
  .meta({ id: 'JobView' });
export type JobView = z.infer<typeof JobView>;

export const GroupStatus = z
  .object({
    metrics: GroupMetrics,
    runners: z.array(RunnerView),
    /** The newest hundred. */
    jobs: z.array(JobView),
    tokens: z.array(EnrolmentToken),
  })
  .meta({ id: 'GroupStatus' });
export type GroupStatus = z.infer<typeof GroupStatus>;

/** A paused runner gets nothing new until this is undone or `resumeAfterMs` is over. */
export const UpdateRunner = z.object({
  paused: z.boolean(),
  note: z.string().max(500).optional(),
  resumeAfterMs: z.int().positive().max(RUNNER_ENROLMENT_MS_MAX).optional(),
  /** Finish what runs, then end the process. */
  drain: z.boolean().default(false),
});
export type UpdateRunner = z.infer<typeof UpdateRunner>;
