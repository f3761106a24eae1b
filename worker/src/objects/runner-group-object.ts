/** One per tenant and runner group: the queue of jobs, their leases, the runners and their connections.
 *
 *   G1. Offer, claim, renewal and end of a job are stored before anybody hears of them; each may be repeated.
 *   G2. A job has one live claim. A write with the token or fence of an older one is refused and counted.
 *   G3. A claimed job ends exactly once: completed, cancelled or lost. Its execution is told through the outbox.
 *   G4. Secrets pass through with a claim; nothing that holds one is stored here. */
import { DurableObject } from 'cloudflare:workers';
import type { ExecutionEvent } from '../engine/event.ts';
import { configOf } from '../env.ts';
import type { Env } from '../env.ts';
import type { ErrorCode, ErrorData } from '../errors.ts';
import {
  RUNNER_CHALLENGE_MS,
  RUNNER_HISTORY_MS,
  RUNNER_LOG_BATCH_BYTES_MAX,
  RUNNER_QUEUE_MAX,
  RUNNER_RESULT_BYTES_MAX,
  RUNNER_SESSION_MS,
  RUNNERS_PER_GROUP_MAX,
} from '../limits.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import {
  CHANNEL_PING,
  CHANNEL_PONG,
  challengeText,
  CLOSE_REPLACED,
  CLOSE_REVOKED,
  CompleteJob,
  groupOfToken,
  RunnerLogEntry,
} from '../protocol/runner.ts';
import type {
  CancelReason,
  Challenge,
  ChannelMessage,
  ClaimJob,
  CreatedEnrolmentToken,
  CreateEnrolmentToken,
  EnrolmentToken,
  GroupMetrics,
  GroupStatus,
  HeartbeatAnswer,
  JobOffer,
  JobResult,
  JobStart,
  OpenedSession,
  OpenSession,
  Poll,
  PollAnswer,
  RegisteredRunner,
  RegisterRunner,
  RunnerView,
  UpdateRunner,
  WorkspaceEnd,
} from '../protocol/runner.ts';
import { assertNever, fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { eraseObject } from './erase-object.ts';
import { executionPort } from './execution-port.ts';
import type { ExecutionPort } from './execution-port.ts';
import { fits, JobQueue } from './job-queue.ts';
import type { QueuedJob } from './job-queue.ts';
import { hashOf, isSignedBy, newToken, randomText } from './runner-credentials.ts';
import { RunnerStore } from './runner-store.ts';
import type { JobRow, OutboxRow, RunnerRow } from './runner-store.ts';
import { groupTimes } from './runner-times.ts';
import { isOutdated, jobView, runnerState, runnerView, skillsOf, stringList, whyWaiting } from './runner-view.ts';
import type { Presence } from './runner-view.ts';

/** An answer that crosses RPC, where error classes do not survive. */
export type Answer<T> = Result<T, ErrorData>;

/** Which task run a job token speaks for, and what it may read. */
export type JobPlace = Pick<JobOffer, 'executionId' | 'taskRunId' | 'namespace' | 'flowId' | 'taskId' | 'related'>;

const JOBS_SHOWN = 100;
const OUTBOX_RETRY_MS = 1_000;
const OUTBOX_RETRY_MS_MAX = 5 * 60_000;

export class RunnerGroupObject extends DurableObject<Env> {
  /** Seams: a test sets the clock and stands in for executions. */
  now: () => number = () => Date.now();
  executions: (objectId: string) => ExecutionPort = (objectId) => executionPort(this.env.EXECUTIONS, objectId);

  readonly #store: RunnerStore;
  readonly #queue = new JobQueue();
  readonly #times = groupTimes(configOf(this.env).runnerLeaseMs);
  /** Requests for work that are held open, by runner. */
  readonly #held = new Map<string, (how: 'wake' | 'replaced') => void>();
  /** Known better here than in the rows, which are written seldom. */
  readonly #seenAt = new Map<string, number>();
  readonly #draining = new Set<string>();
  #alarmAt = Infinity;
  #delivery: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new RunnerStore(ctx.storage.sql);
    for (const row of this.#store.liveJobs()) {
      if (row.state === 'QUEUED') this.#queue.add(this.#queued(row));
      else this.#queue.addInHand(this.#queued(row));
    }
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(CHANNEL_PING, CHANNEL_PONG));
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = (await ctx.storage.getAlarm()) ?? Infinity;
    });
  }

  // For the engine's outbox.

  /** Queues a job; a repeated offer changes nothing. */
  async offer(offer: JobOffer): Promise<void> {
    const known = this.#store.job(offer.jobId);
    if (known !== undefined) {
      if (known.offer === '') this.#endBeforeItCame(offer, known);
      return;
    }
    if (offer.workspace !== undefined && this.#store.job(offer.workspace)?.state !== 'RUNNING') {
      return this.#tellLost(offer, DIRECTORY_GONE);
    }
    if (this.#queue.size >= RUNNER_QUEUE_MAX) {
      const message = `The runner group has ${RUNNER_QUEUE_MAX} jobs waiting, which is its limit.`;
      return this.#tellLost(offer, message);
    }
    const job = this.#queued(this.#store.addJob(offer, this.now()));
    this.#queue.add(job);
    this.#wakeOneFor(job);
  }

  /** Ends a job that has not started; asks the runner to end one that has. */
  async cancel(jobId: string, reason: CancelReason): Promise<void> {
    const row = this.#store.job(jobId);
    const at = this.now();
    if (row === undefined) return this.#store.addCancelled(jobId, reason, at);
    switch (row.state) {
      case 'DONE':
        return;
      case 'QUEUED':
      case 'OFFERED':
        return this.#end(row, 'cancelled before it started', cancelled(offerOf(row), reason, at));
      case 'RUNNING': {
        if (row.cancel !== null) return;
        this.#store.askToCancel(jobId, reason, at);
        this.#arm(at + this.#times.cancelForcedMs);
        this.#notify(row.runner, { type: 'cancel', jobId, reason });
        return;
      }
      default:
        assertNever(row.state);
    }
  }

  /** The tasks of a workspace are over: its runner keeps what is to be kept, and completes the job. */
  async closeWorkspace(jobId: string, end: WorkspaceEnd): Promise<void> {
    const row = this.#store.job(jobId);
    if (row?.state !== 'RUNNING') return;
    this.#store.askToClose(jobId, end);
    this.#notify(row.runner, { type: 'close', jobId, end });
  }

  // For the dashboard.

  async createToken(group: string, request: CreateEnrolmentToken, by: string): Promise<CreatedEnrolmentToken> {
    const token = newToken('enr', group);
    const id = randomText(12);
    const expiresAt = this.now() + request.ttlMs;
    this.#store.addEnrolment({
      id,
      hash: await hashOf(token),
      tags: JSON.stringify(request.tags),
      uses_left: request.uses,
      expires_at: expiresAt,
      created_by: by,
      description: request.description ?? null,
    });
    return { id, token, expiresAt: new Date(expiresAt).toISOString() };
  }

  async removeToken(id: string): Promise<boolean> {
    return this.#store.removeEnrolment(id);
  }

  async status(group: string): Promise<GroupStatus> {
    const views = await Promise.all(this.#store.runners().map((runner) => this.#view(runner, group)));
    const jobs = this.#store.newestJobs(JOBS_SHOWN).map((row) => {
      const note = row.state === 'QUEUED' ? this.#why(row) : row.note;
      return jobView({ ...row, note }, offerOf(row));
    });
    const tokens = this.#store.enrolments(this.now()).map((row): EnrolmentToken => ({
      id: row.id,
      tags: stringList(row.tags),
      usesLeft: row.uses_left,
      expiresAt: new Date(row.expires_at).toISOString(),
      createdBy: row.created_by,
      ...(row.description !== null && { description: row.description }),
    }));
    return { metrics: await this.metrics(), runners: views, jobs, tokens };
  }

  async metrics(): Promise<GroupMetrics> {
    const runners = this.#store.runners();
    const load = this.#store.load();
    const able = runners.filter((runner) => this.#takesWork(runner, load));
    const running = this.#store.jobsIn('RUNNING');
    const busySlots = running.filter((row) => offerOf(row).workspace === undefined).length;
    const oldest = this.#store.jobsIn('QUEUED')[0];
    return {
      queued: this.#queue.size,
      oldestAgeMs: oldest === undefined ? 0 : Math.max(0, this.now() - oldest.queued_at),
      running: running.length,
      runners: runners.length,
      online: runners.filter((runner) => this.#stateOf(runner, load) !== 'offline').length,
      busySlots,
      idleSlots: able.reduce((sum, { id, slots }) => sum + Math.max(0, slots - (load.get(id) ?? 0)), 0),
    };
  }

  /** Why the job has not started; undefined when it has, or is not known. */
  async whyWaiting(jobId: string): Promise<string | undefined> {
    const row = this.#store.job(jobId);
    return row?.state === 'QUEUED' || row?.state === 'OFFERED' ? this.#why(row) : undefined;
  }

  async updateRunner(group: string, runnerId: string, update: UpdateRunner): Promise<Answer<RunnerView>> {
    if (this.#store.runner(runnerId) === undefined) return noRunner(runnerId);
    const resumeAt = update.resumeAfterMs === undefined ? undefined : this.now() + update.resumeAfterMs;
    this.#store.pause(runnerId, { paused: update.paused, note: update.note, resumeAt });
    if (resumeAt !== undefined) this.#arm(resumeAt);
    if (update.drain) {
      this.#store.askToDrain(runnerId);
      this.#notify(runnerId, { type: 'drain' });
    } else if (!update.paused) {
      this.#notify(runnerId, { type: 'wake' });
    }
    const runner = this.#store.runner(runnerId);
    return runner === undefined ? noRunner(runnerId) : ok(await this.#view(runner, group));
  }

  /** Closes its connections, gives up its jobs and forgets it. False when there is no such runner. */
  async revokeRunner(runnerId: string): Promise<boolean> {
    if (this.#store.runner(runnerId) === undefined) return false;
    this.#store.removeRunner(runnerId);
    this.#loseJobsOf(runnerId, 'Its runner was revoked.');
    this.#closeSockets(runnerId, CLOSE_REVOKED, 'revoked');
    this.#held.get(runnerId)?.('wake');
    return true;
  }

  /** Whether the group has nothing that its removal would strand. */
  async isEmpty(): Promise<boolean> {
    return this.#store.runners().length === 0 && this.#store.liveJobs().length === 0;
  }

  /** Its tenant is deleted: nothing of it goes on. */
  async erase(): Promise<void> {
    await eraseObject(this.ctx);
  }

  // For runners: who they are.

  async register(group: string, request: RegisterRunner): Promise<Answer<RegisteredRunner>> {
    const enrolment = this.#store.enrolmentWithHash(await hashOf(request.token));
    if (enrolment === undefined || enrolment.expires_at <= this.now()) {
      return refuse(
        'unauthenticated',
        'The enrolment token is unknown or expired. Make a new one on the Runners page.',
      );
    }
    const known = this.#store.runnerWithKey(request.publicKey);
    // The answer to the first try may have been lost: the same key gets the same runner.
    if (known !== undefined) return ok({ runnerId: known.id, group, tags: stringList(known.tags) });
    if (enrolment.uses_left < 1) {
      return refuse('unauthenticated', 'The enrolment token has been used. Make a new one on the Runners page.');
    }
    if (this.#store.runners().length >= RUNNERS_PER_GROUP_MAX) {
      return refuse(
        'limit_reached',
        `A runner group has at most ${RUNNERS_PER_GROUP_MAX} runners. Remove those that are gone.`,
      );
    }
    const runnerId = `${group}.${randomText(16)}`;
    this.#store.useEnrolment(enrolment.id);
    this.#store.addRunner({
      id: runnerId,
      name: request.name,
      public_key: request.publicKey,
      tags: enrolment.tags,
      version: request.version,
      protocol: request.protocol,
      enrolled_at: this.now(),
      enrolled_by: enrolment.created_by,
    });
    return ok({ runnerId, group, tags: stringList(enrolment.tags) });
  }

  async challenge(runnerId: string): Promise<Answer<Challenge>> {
    if (this.#store.runner(runnerId) === undefined) return noRunner(runnerId);
    const challenge = randomText(43);
    this.#store.addChallenge(challenge, runnerId, this.now() + RUNNER_CHALLENGE_MS);
    this.#arm(this.now() + RUNNER_HISTORY_MS);
    return ok({ challenge });
  }

  async openSession(group: string, runnerId: string, request: OpenSession): Promise<Answer<OpenedSession>> {
    const isFresh = this.#store.takeChallenge(request.challenge, runnerId, this.now());
    const key = this.#store.runner(runnerId)?.public_key;
    if (key === undefined) return noRunner(runnerId);
    const text = challengeText(runnerId, request.instance, request.challenge);
    if (!isFresh || !(await isSignedBy(key, text, request.signature))) {
      return refuse('unauthenticated', 'The challenge is over, or it is not signed with the key of this runner.');
    }
    const token = newToken('ses', group);
    const hash = await hashOf(token);
    // Read again after the waits above: another process may have come in between.
    const runner = this.#store.runner(runnerId);
    if (runner === undefined) return noRunner(runnerId);
    if (runner.instance !== request.instance) {
      if (runner.instance !== null && runner.instance !== request.previousInstance && this.#isPresent(runner)) {
        this.#store.suspectClone(runnerId, this.now());
        return refuse(
          'conflict',
          'Another process is connected with the key of this runner. Enrol each copy of a runner by itself.',
        );
      }
      this.#store.removeSessions(runnerId);
      this.#loseJobsOf(runnerId, 'Its runner was started again.');
      this.#closeSockets(runnerId, CLOSE_REPLACED, 'replaced by a newer process');
    }
    this.#store.connect(runnerId, { ...request, at: this.now() });
    this.#seenAt.set(runnerId, this.now());
    this.#draining.delete(runnerId);
    this.#store.addSession(hash, {
      runner: runnerId,
      instance: request.instance,
      expiresAt: this.now() + RUNNER_SESSION_MS,
    });
    const { leaseMs, renewMs, selfKillMs } = this.#times;
    return ok({ token, expiresInMs: RUNNER_SESSION_MS, times: { leaseMs, renewMs, selfKillMs } });
  }

  /** Good-bye: shown as offline at once. */
  async closeSession(token: string, runnerId: string): Promise<Answer<null>> {
    const connected = await this.#connected(token, runnerId);
    if (!connected.ok) return connected;
    this.#store.disconnect(runnerId);
    this.#store.removeSessions(runnerId);
    this.#loseJobsOf(runnerId, 'Its runner said good-bye.');
    this.#seenAt.delete(runnerId);
    this.#closeSockets(runnerId, 1000, 'good-bye');
    return ok(null);
  }

  // For runners: work.

  /** Null when there is nothing to say. */
  async poll(token: string, runnerId: string, request: Poll): Promise<Answer<PollAnswer | null>> {
    const connected = await this.#connected(token, runnerId);
    if (!connected.ok) return connected;
    if (request.draining) {
      this.#draining.add(runnerId);
      this.#takeBackOffers(runnerId);
    }
    const answer = this.#answerFor(connected.value, request.slots);
    if (answer !== null || request.waitMs === 0) return ok(answer);
    // A newer request of this runner takes the place of this one, and the offers.
    if ((await this.#hold(runnerId, request.waitMs)) === 'replaced') return ok(null);
    const runner = this.#store.runner(runnerId);
    if (runner === undefined) return noRunner(runnerId);
    this.#see(runner);
    return ok(this.#answerFor(runner, request.slots));
  }

  /** The channel. Only `GET …/channel` of the Worker comes here. */
  override async fetch(request: Request): Promise<Response> {
    const runnerId = request.headers.get('x-runner-id') ?? '';
    const token = request.headers.get('authorization')?.replace(/^Bearer /i, '') ?? '';
    const connected = await this.#connected(token, runnerId);
    if (!connected.ok) return Response.json(connected.error, { status: 401 });
    this.#closeSockets(runnerId, CLOSE_REPLACED, 'replaced by a newer connection');
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [runnerId]);
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(): Promise<void> {
    // Runners speak over HTTPS; pings are answered without waking the object.
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    // 1005 means that no code was given, and may not be sent.
    socket.close(code === 1005 ? 1000 : code);
  }

  /** JSON text of a ClaimedJob. The same attempt gets the same fence, so that a lost answer can be asked for again. */
  async claim(token: string, jobId: string, { attemptId }: ClaimJob): Promise<Answer<string>> {
    const group = groupOfToken(token, 'ses') ?? '';
    const jobToken = newToken('job', group);
    const [sessionHash, hash] = await Promise.all([token, jobToken].map(hashOf));
    // After the wait: a runner may be revoked at any moment.
    const session = this.#store.session(sessionHash ?? '', this.now());
    const claimant = session && this.#store.runner(session.runner);
    if (session === undefined || claimant === undefined || hash === undefined) return noSession();
    const { runner } = session;
    const row = this.#store.job(jobId);
    if (row === undefined || row.offer === '') return refuse('not_found', `There is no job ${jobId}.`);
    const isRepeated = row.state === 'RUNNING' && row.runner === runner && row.attempt_id === attemptId;
    if (!isRepeated) {
      if (row.state === 'DONE') return refuse('expired', `The job is over: ${row.note ?? 'it ended'}.`);
      if (row.state === 'RUNNING' || (row.state === 'OFFERED' && row.runner !== runner)) {
        return refuse('conflict', 'Another runner has this job.');
      }
      // Ids of jobs can be known without an offer; what a job names, secrets too, is for the runners that it asks for.
      if (row.state === 'QUEUED' && !fits(this.#queued(row), skillsOf(claimant))) {
        return refuse('conflict', 'This job asks for other runners.');
      }
    }
    const fence = isRepeated ? row.fence : this.#store.next('fence');
    const offer = offerOf(row);
    const at = this.now();
    if (!isRepeated) {
      if (row.state === 'QUEUED') {
        this.#queue.remove(jobId);
        this.#queue.addInHand(this.#queued(row));
      }
      this.#store.claim(jobId, { runner, attemptId, fence, at });
    }
    this.#store.addJobToken(hash, { job: jobId, fence, runner, at });
    this.#arm(at + this.#times.lostMs);

    const start = await this.#start(offer, runner, isRepeated);
    const current = this.#store.job(jobId);
    if (current === undefined || current.state !== 'RUNNING' || current.fence !== fence) {
      return refuse('expired', `The job is over: ${current?.note ?? 'it ended'}.`);
    }
    if (start === null) {
      this.#store.unoffer(jobId);
      this.#queue.putBack(jobId);
      this.#arm(this.now() + this.#times.offerMs);
      return refuse('unavailable', 'The execution of this job cannot be reached now.', true);
    }
    if (start.kind === 'over') {
      this.#end(current, start.reason);
      return refuse('expired', `The job is over: ${start.reason}`);
    }
    const { executionId, namespace, flowId, taskId, taskRunId, attempt, timeoutMs, workspace } = offer;
    const about = {
      jobId,
      fence,
      token: jobToken,
      executionId,
      namespace,
      flowId,
      taskId,
      taskRunId,
      attempt,
      timeoutMs,
      workspace,
    };
    const claimed = { ...about, secrets: start.secrets };
    return ok(`${stringifyJson(claimed).slice(0, -1)},"spec":${start.spec}}`);
  }

  async heartbeat(token: string, jobId: string, fence: number): Promise<Answer<HeartbeatAnswer>> {
    const held = await this.#heldJob(token, jobId, fence);
    if (!held.ok) return held;
    const { row, runner } = held.value;
    this.#store.hear(jobId, this.now());
    if (runner !== undefined) this.#see(runner);
    const close = this.#store.closing(jobId);
    return ok({
      ...(row.cancel !== null && { cancel: cancelReason(row) }),
      ...(close && { close }),
      drain: runner?.drain === 1,
    });
  }

  /** `text`: NDJSON of RunnerLogEntry. Answers the number of the entry that is expected next. */
  async appendLogs(
    token: string,
    jobId: string,
    fence: number,
    firstSequence: number,
    text: string,
  ): Promise<Answer<number>> {
    const held = await this.#heldJob(token, jobId, fence);
    if (!held.ok) return held;
    if (text.length > RUNNER_LOG_BATCH_BYTES_MAX) {
      return refuse('too_large', `A batch of log entries has at most ${RUNNER_LOG_BATCH_BYTES_MAX} bytes.`);
    }
    const entries: RunnerLogEntry[] = [];
    for (const [n, line] of text.split('\n').entries()) {
      if (line === '') continue;
      const entry = parseEntry(line);
      if (entry === null)
        return refuse('invalid_body', `Line ${n + 1} is not a log entry: {"at", "level", "message"}.`);
      entries.push(entry);
    }
    const offer = offerOf(held.value.row);
    return ok(await this.executions(offer.replyTo).appendLogs(offer, firstSequence, JSON.stringify(entries)));
  }

  /** For routes that move files: may this token write for this job, and where to. */
  async authorize(token: string, jobId: string, fence: number): Promise<Answer<JobPlace>> {
    const held = await this.#heldJob(token, jobId, fence);
    if (!held.ok) return held;
    const { executionId, taskRunId, namespace, flowId, taskId, related } = offerOf(held.value.row);
    return ok({ executionId, taskRunId, namespace, flowId, taskId, related });
  }

  /** `text`: JSON of a CompleteJob; text, because outputs may hold numbers that do not survive RPC as values. */
  async complete(token: string, jobId: string, text: string): Promise<Answer<null>> {
    const body = parseResult(text);
    if (!body.ok) return body;
    const { fence, state, outputs, metrics, message } = body.value;
    const held = await this.#heldJob(token, jobId, fence);
    if (!held.ok) return held.error.code === 'stale_fence' && this.#wasCompleted(jobId, fence) ? ok(null) : held;
    const { row } = held.value;
    const offer = offerOf(row);
    const at = this.now();
    const { taskRun, attempt } = offer;
    if (metrics.length > 0) this.#tell(offer, 'metrics', stringifyJson(metrics));
    if (state === 'RELEASED') {
      const why = `The runner was stopped (RUNNER_SHUTDOWN)${message === undefined ? '' : `: ${message}`}`;
      this.#end(
        row,
        why,
        row.cancel === null
          ? { type: 'task.lost', at, taskRun, attempt, message: why }
          : cancelled(offer, cancelReason(row), at),
      );
    } else {
      this.#end(row, `${COMPLETED} ${state}`, { type: 'task.finished', at, taskRun, attempt, state, outputs });
    }
    await this.#delivery;
    return ok(null);
  }

  /** Everything that is due; the exact times are kept in the rows, the alarm may be early or late. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity;
    const now = this.now();
    this.#offerAgain(now);
    this.#giveUpSilentJobs(now);
    this.#resumePaused(now);
    this.#store.forgetBefore(now - RUNNER_HISTORY_MS, now);
    await this.#scheduleDelivery();
    this.#armAll();
  }

  // Jobs.

  #offerAgain(now: number): void {
    const expired = this.#store
      .jobsIn('OFFERED')
      .filter(({ offered_at: at }) => at !== null && at + this.#times.offerMs <= now);
    for (const { id } of expired) {
      this.#store.unoffer(id);
      this.#queue.putBack(id);
    }
    if (this.#queue.size > 0) this.#wakeAll();
  }

  #giveUpSilentJobs(now: number): void {
    const { lostMs, cancelForcedMs } = this.#times;
    for (const row of this.#store.jobsIn('RUNNING')) {
      const offer = offerOf(row);
      const heardAt = row.heard_at ?? row.queued_at;
      if (row.cancel_at !== null && row.cancel_at + cancelForcedMs <= now) {
        this.#end(row, 'cancelled; its runner did not confirm it in time', cancelled(offer, cancelReason(row), now));
      } else if (heardAt + lostMs <= now) {
        this.#lose(
          row,
          `its runner was not heard for ${Math.round((now - heardAt) / 1000)} s, last at ${new Date(heardAt).toISOString()}`,
        );
      }
    }
  }

  #loseJobsOf(runnerId: string, why: string): void {
    this.#takeBackOffers(runnerId);
    for (const row of this.#store.jobsIn('RUNNING').filter(({ runner }) => runner === runnerId)) this.#lose(row, why);
  }

  /** What was offered to a runner that will not claim it goes to others at once. */
  #takeBackOffers(runnerId: string): void {
    for (const { id } of this.#store.jobsIn('OFFERED').filter(({ runner }) => runner === runnerId)) {
      this.#store.unoffer(id);
      this.#queue.putBack(id);
    }
    if (this.#queue.size > 0) this.#arm(this.now());
  }

  #lose(row: JobRow, why: string): void {
    const offer = offerOf(row);
    const at = this.now();
    if (row.cancel !== null) return this.#end(row, `cancelled; ${why}`, cancelled(offer, cancelReason(row), at));
    const runner = row.runner === null ? undefined : this.#store.runner(row.runner);
    const message = `The runner ${runner?.name ?? row.runner ?? ''} was lost: ${why}`;
    this.#end(row, message, { type: 'task.lost', at, taskRun: offer.taskRun, attempt: offer.attempt, message });
  }

  #tellLost(offer: JobOffer, message: string): void {
    const { taskRun, attempt } = offer;
    this.#tell(offer, { type: 'task.lost', at: this.now(), taskRun, attempt, message });
  }

  #end(row: JobRow, note: string, event?: ExecutionEvent): void {
    this.#store.endJob(row.id, note, this.now());
    this.#queue.remove(row.id);
    const offer = offerOf(row);
    if (event !== undefined) this.#tell(offer, event);
    if (!offer.isWorkspace) return this.#arm(this.now() + RUNNER_HISTORY_MS);
    for (const job of this.#store.waitingIn(row.id)) {
      this.#store.endJob(job.id, DIRECTORY_GONE, this.now());
      this.#queue.remove(job.id);
      this.#tellLost(offerOf(job), DIRECTORY_GONE);
    }
    this.#arm(this.now() + RUNNER_HISTORY_MS);
  }

  #endBeforeItCame(offer: JobOffer, row: JobRow): void {
    this.#store.fillCancelled(offer);
    this.#tell(offer, cancelled(offer, cancelReason(row), this.now()));
  }

  /** Null when the execution cannot be reached: the job waits then. */
  async #start(offer: JobOffer, runner: string, isRepeated: boolean): Promise<JobStart | null> {
    const { taskRun, attempt, spec } = offer;
    if (spec !== undefined) {
      if (!isRepeated) this.#tell(offer, { type: 'task.started', at: this.now(), taskRun, attempt, workerId: runner });
      return { kind: 'start', spec, secrets: [] };
    }
    try {
      return await this.executions(offer.replyTo).startJob(
        { executionId: offer.executionId, taskRun, attempt },
        runner,
      );
    } catch (error) {
      console.error(`job ${offer.jobId} could not be started`, error);
      return null;
    }
  }

  /** The job of a runner's write, unless the token or fence is not that of its live claim (G2). */
  async #heldJob(
    token: string,
    jobId: string,
    fence: number,
  ): Promise<Answer<{ row: JobRow; runner: RunnerRow | undefined }>> {
    const claim = this.#store.jobToken(await hashOf(token));
    if (claim === undefined || claim.job !== jobId) return refuse('unauthenticated', 'The job token is unknown.');
    const row = this.#store.job(jobId);
    if (row === undefined) return refuse('stale_fence', 'The job is over and forgotten.');
    if (row.state !== 'RUNNING' || row.fence !== fence || claim.fence !== fence) {
      this.#store.countStaleWrite(jobId);
      return refuse('stale_fence', `This attempt may not write any more: ${row.note ?? 'another runner has the job'}.`);
    }
    return ok({ row, runner: this.#store.runner(claim.runner) });
  }

  #wasCompleted(jobId: string, fence: number): boolean {
    const row = this.#store.job(jobId);
    return row !== undefined && row.fence === fence && row.note?.startsWith(COMPLETED) === true;
  }

  #why(row: JobRow): string {
    const job = this.#queued(row);
    const load = this.#store.load();
    const runners = this.#store
      .runners()
      .map((runner) => ({ state: this.#stateOf(runner, load), skills: skillsOf(runner) }));
    let ahead = 0;
    for (const other of this.#queue.waiting()) if (other.order < job.order) ahead++;
    return whyWaiting(job, runners, ahead);
  }

  /** A job in a workspace belongs to the runner that has that. */
  #queued(row: JobRow): QueuedJob {
    const { namespace, flowId, priority = 0, tags, match, taskRunners = [], workspace } = offerOf(row);
    const runner = workspace === undefined ? undefined : (this.#store.job(workspace)?.runner ?? '');
    const flow = `${namespace}/${flowId}`;
    return { id: row.id, flow, priority, order: row.position, tags, match, taskRunners, runner };
  }

  // Runners.

  async #connected(token: string, runnerId: string): Promise<Answer<RunnerRow>> {
    const session = this.#store.session(await hashOf(token), this.now());
    if (session === undefined || session.runner !== runnerId) return noSession();
    const runner = this.#store.runner(runnerId);
    if (runner === undefined || runner.instance !== session.instance) return noSession();
    this.#see(runner);
    return ok(runner);
  }

  #see(runner: RunnerRow): void {
    const now = this.now();
    this.#seenAt.set(runner.id, now);
    if (runner.seen_at === null || now - runner.seen_at > this.#times.renewMs) this.#store.see(runner.id, now);
  }

  #answerFor(runner: RunnerRow, slots: number): PollAnswer | null {
    const at = this.now();
    const load = this.#store.load();
    const free = this.#takesWork(runner, load) ? Math.min(slots, runner.slots - (load.get(runner.id) ?? 0)) : 0;
    const offers = this.#queue.take(skillsOf(runner), free);
    for (const { id } of offers) this.#store.offerTo(id, runner.id, at);
    if (offers.length > 0) this.#arm(at + this.#times.offerMs);
    const cancels = this.#store
      .jobsIn('RUNNING')
      .filter((row) => row.runner === runner.id && row.cancel !== null)
      .map((row) => ({ jobId: row.id, reason: cancelReason(row) }));
    const closes = this.#store.closings(runner.id);
    const drain = runner.drain === 1;
    if (offers.length === 0 && cancels.length === 0 && closes.length === 0 && !drain) return null;
    return { offers: offers.map(({ id }) => this.#offered(id)), cancels, closes, drain };
  }

  #offered(jobId: string): PollAnswer['offers'][number] {
    const row = this.#store.job(jobId);
    const workspace = row && offerOf(row).workspace;
    return workspace === undefined ? { jobId } : { jobId, workspace };
  }

  #takesWork(runner: RunnerRow, load: Map<string, number>): boolean {
    const isStopped = runner.paused === 1 || runner.drain === 1 || isOutdated(runner) || this.#draining.has(runner.id);
    return !isStopped && this.#isPresent(runner) && (load.get(runner.id) ?? 0) < runner.slots;
  }

  #isPresent(runner: RunnerRow): boolean {
    const seenAt = this.#lastSeen(runner);
    return seenAt !== null && this.now() - seenAt <= this.#times.lostMs;
  }

  /** A hibernating socket is alive as long as it pings. */
  #lastSeen(runner: RunnerRow): number | null {
    if (runner.instance === null) return null;
    const pings = this.ctx
      .getWebSockets(runner.id)
      .map((socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0);
    const seenAt = Math.max(this.#seenAt.get(runner.id) ?? 0, runner.seen_at ?? 0, ...pings);
    return seenAt === 0 ? null : seenAt;
  }

  #presence(runner: RunnerRow, load: Map<string, number>): Presence {
    return {
      now: this.now(),
      lostMs: this.#times.lostMs,
      seenAt: this.#lastSeen(runner),
      running: load.get(runner.id) ?? 0,
      draining: this.#draining.has(runner.id),
    };
  }

  #stateOf(runner: RunnerRow, load: Map<string, number>) {
    return runnerState(runner, this.#presence(runner, load));
  }

  async #view(runner: RunnerRow, group: string): Promise<RunnerView> {
    return runnerView(runner, group, this.#presence(runner, this.#store.load()), await hashOf(runner.public_key));
  }

  #resumePaused(now: number): void {
    for (const runner of this.#store.runners()) {
      if (runner.resume_at === null || runner.resume_at > now) continue;
      this.#store.pause(runner.id, { paused: false });
      this.#notify(runner.id, { type: 'wake' });
    }
  }

  // Waking: a lost wake-up costs time only, since runners also ask by themselves.

  #hold(runnerId: string, waitMs: number): Promise<'wake' | 'replaced'> {
    this.#held.get(runnerId)?.('replaced');
    return new Promise((resolve) => {
      const end = (how: 'wake' | 'replaced') => {
        clearTimeout(timer);
        if (this.#held.get(runnerId) === end) this.#held.delete(runnerId);
        resolve(how);
      };
      const timer = setTimeout(() => end('wake'), waitMs);
      this.#held.set(runnerId, end);
    });
  }

  /** The least busy of the runners that could take it; should it not claim, the alarm wakes all. */
  #wakeOneFor(job: QueuedJob): void {
    if (job.runner !== undefined) {
      this.#notify(job.runner, { type: 'wake' });
      return this.#arm(this.now() + this.#times.offerMs);
    }
    const load = this.#store.load();
    const free = (runner: RunnerRow) => runner.slots - (load.get(runner.id) ?? 0);
    const [idlest] = this.#store
      .runners()
      .filter((runner) => this.#takesWork(runner, load) && this.#isReachable(runner.id) && fits(job, skillsOf(runner)))
      .sort((a, b) => free(b) - free(a));
    if (idlest === undefined) return;
    this.#notify(idlest.id, { type: 'wake' });
    this.#arm(this.now() + this.#times.offerMs);
  }

  #wakeAll(): void {
    for (const { id } of this.#store.runners()) this.#notify(id, { type: 'wake' });
  }

  #isReachable(runnerId: string): boolean {
    return this.#held.has(runnerId) || this.ctx.getWebSockets(runnerId).length > 0;
  }

  #notify(runnerId: string | null, message: ChannelMessage): void {
    if (runnerId === null) return;
    this.#held.get(runnerId)?.('wake');
    for (const socket of this.ctx.getWebSockets(runnerId)) {
      try {
        socket.send(JSON.stringify(message));
      } catch {
        // It closed a moment ago; the runner asks by itself.
      }
    }
  }

  #closeSockets(runnerId: string, code: number, reason: string): void {
    for (const socket of this.ctx.getWebSockets(runnerId)) socket.close(code, reason);
  }

  // The outbox.

  #tell(offer: JobOffer, event: ExecutionEvent): void;
  #tell(offer: JobOffer, kind: 'metrics', metrics: string): void;
  #tell(offer: JobOffer, what: ExecutionEvent | 'metrics', metrics = ''): void {
    const at = this.now();
    const { replyTo: reply_to, executionId: execution_id, taskRun: task_run, attempt } = offer;
    const content =
      what === 'metrics' ? { kind: what, body: metrics } : { kind: 'event' as const, body: stringifyJson(what) };
    this.#store.addToOutbox({ reply_to, execution_id, task_run, attempt, ...content, due: at, created_at: at });
    // Should this object stop before the delivery, the alarm does it.
    this.#arm(at + OUTBOX_RETRY_MS);
    this.ctx.waitUntil(this.#scheduleDelivery());
  }

  /** One delivery after the other, so that no row is sent twice at once. */
  #scheduleDelivery(): Promise<void> {
    this.#delivery = this.#delivery.then(() => this.#deliver());
    return this.#delivery;
  }

  /** In order for each object of executions; those of different objects at once. */
  async #deliver(): Promise<void> {
    const byObject = new Map<string, OutboxRow[]>();
    for (const row of this.#store.outbox()) byObject.set(row.reply_to, [...(byObject.get(row.reply_to) ?? []), row]);
    await Promise.all([...byObject].map(([objectId, rows]) => this.#deliverTo(objectId, rows)));
  }

  async #deliverTo(objectId: string, rows: OutboxRow[]): Promise<void> {
    const now = this.now();
    const held = new Set<string>();
    for (const row of rows) {
      // What comes after an undelivered word to the same execution waits for it.
      if (held.has(row.execution_id) || row.due > now) {
        held.add(row.execution_id);
        continue;
      }
      try {
        const port = this.executions(objectId);
        if (row.kind === 'event') await port.dispatch(row.execution_id, row.body);
        else
          await port.appendMetrics(
            { executionId: row.execution_id, taskRun: row.task_run, attempt: row.attempt },
            row.body,
          );
        this.#store.settle(row.id);
      } catch (error) {
        held.add(row.execution_id);
        this.#postpone(row, error);
      }
    }
  }

  #postpone(row: OutboxRow, error: unknown): void {
    const now = this.now();
    if (now - row.created_at > RUNNER_HISTORY_MS) {
      console.error(`execution ${row.execution_id} could not be told for a day; given up`, row.body, error);
      this.#store.settle(row.id);
      return;
    }
    const due = now + Math.min(OUTBOX_RETRY_MS * 2 ** row.tries, OUTBOX_RETRY_MS_MAX);
    this.#store.postpone(row.id, due);
    this.#arm(due);
  }

  // The alarm.

  #arm(at: number): void {
    if (at >= this.#alarmAt) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #armAll(): void {
    const { offerMs, lostMs, cancelForcedMs } = this.#times;
    for (const { offered_at: at } of this.#store.jobsIn('OFFERED')) if (at !== null) this.#arm(at + offerMs);
    for (const row of this.#store.jobsIn('RUNNING')) {
      this.#arm((row.heard_at ?? row.queued_at) + lostMs);
      if (row.cancel_at !== null) this.#arm(row.cancel_at + cancelForcedMs);
    }
    for (const { due } of this.#store.outbox()) this.#arm(due);
    for (const { resume_at: at } of this.#store.runners()) if (at !== null) this.#arm(at);
    if (this.#store.newestJobs(1).length > 0) this.#arm(this.now() + RUNNER_HISTORY_MS);
  }
}

const DIRECTORY_GONE = 'The directory that the task was to run in is gone.';

/** How the note of a completed job starts. */
const COMPLETED = 'completed:';

function refuse(code: ErrorCode, message: string, retryable = false): { ok: false; error: ErrorData } {
  return fail({ code, message, retryable });
}

function noRunner(runnerId: string) {
  return refuse('not_found', `There is no runner ${runnerId}; it may have been revoked.`);
}

function noSession() {
  return refuse('unauthenticated', 'The connection token is unknown or expired. Sign a new challenge.');
}

function offerOf(row: JobRow): JobOffer {
  return JSON.parse(row.offer) as JobOffer;
}

function cancelReason(row: JobRow): CancelReason {
  return row.cancel === 'timeout' ? 'timeout' : 'kill';
}

function cancelled({ taskRun, attempt }: JobOffer, reason: CancelReason, at: number): ExecutionEvent {
  return { type: 'task.finished', at, taskRun, attempt, state: reason === 'kill' ? 'KILLED' : 'FAILED' };
}

function parseEntry(line: string): RunnerLogEntry | null {
  try {
    return RunnerLogEntry.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function parseResult(text: string): Answer<JobResult> {
  if (text.length > RUNNER_RESULT_BYTES_MAX) {
    return refuse(
      'too_large',
      `The result of a job has at most ${RUNNER_RESULT_BYTES_MAX} bytes. Put large values into files.`,
    );
  }
  try {
    return ok(CompleteJob.parse(parseJson(text)));
  } catch (error) {
    return refuse('invalid_body', `The result is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
}
