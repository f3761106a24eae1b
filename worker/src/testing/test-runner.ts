/** A runner as the server sees it: a key, signatures and calls to the group's object; and executions that only listen. */
import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import type { ExecutionEvent } from '../engine/event.ts';
import type { AttemptRef, ExecutionPort } from '../objects/execution-port.ts';
import type { Answer, RunnerGroupObject } from '../objects/runner-group-object.ts';
import { challengeText, ClaimedJob } from '../protocol/runner.ts';
import type { JobOffer, JobStart, OpenSession } from '../protocol/runner.ts';
import { assert } from '../result.ts';

/** What executions were told, and what they answer. */
export class ListeningExecutions implements ExecutionPort {
  events: ExecutionEvent[] = [];
  logs: { attempt: AttemptRef; first: number; entries: unknown }[] = [];
  metrics: unknown[] = [];
  started: string[] = [];
  isReachable = true;
  start: JobStart = { kind: 'start', spec: JSON.stringify(SPEC), secrets: ['s3cret'] };

  async startJob(attempt: AttemptRef, runnerId: string): Promise<JobStart> {
    this.#answer();
    this.started.push(`${attempt.executionId}/${attempt.taskRun}/${attempt.attempt} on ${runnerId}`);
    return this.start;
  }

  async dispatch(_executionId: string, eventJson: string): Promise<void> {
    this.#answer();
    this.events.push(JSON.parse(eventJson) as ExecutionEvent);
  }

  async appendLogs({ executionId, taskRun, attempt }: AttemptRef, first: number, entriesJson: string): Promise<number> {
    this.#answer();
    const entries = JSON.parse(entriesJson) as unknown[];
    this.logs.push({ attempt: { executionId, taskRun, attempt }, first, entries });
    return first + entries.length;
  }

  async appendMetrics(_attempt: AttemptRef, metricsJson: string): Promise<void> {
    this.#answer();
    this.metrics.push(JSON.parse(metricsJson));
  }

  #answer(): void {
    if (!this.isReachable) throw new Error('the executions cannot be reached');
  }
}

export const SPEC = { work: { kind: 'commands', commands: ['true'] }, taskRunner: { type: 'process' } };

/** A group of its own for each test, with a clock that the test moves. */
export class TestGroup {
  readonly stub: DurableObjectStub<RunnerGroupObject>;
  readonly executions = new ListeningExecutions();
  now = Date.UTC(2026, 10, 20, 12);
  #jobs = 0;

  private constructor(stub: DurableObjectStub<RunnerGroupObject>) {
    this.stub = stub;
  }

  static async create(): Promise<TestGroup> {
    const group = new TestGroup(env.RUNNER_GROUPS.getByName(`test/${crypto.randomUUID()}`));
    await group.prepare();
    return group;
  }

  /** Also after the object was evicted, which forgets its seams. */
  async prepare(): Promise<void> {
    await runInDurableObject(this.stub, (object: RunnerGroupObject) => {
      object.now = () => this.now;
      object.executions = () => this.executions;
    });
  }

  /** Lets time go by, and the alarm ring. */
  async pass(ms: number): Promise<void> {
    this.now += ms;
    await runDurableObjectAlarm(this.stub);
  }

  async offer(more: Partial<JobOffer> = {}): Promise<string> {
    const jobId = more.jobId ?? `job-${++this.#jobs}`;
    await this.stub.offer({
      jobId,
      replyTo: 'executions',
      executionId: 'A00000000000000000000x',
      taskRun: 0,
      taskRunId: 'run0000000000000000000',
      attempt: 1,
      namespace: 'team',
      flowId: 'flow',
      taskId: 'task',
      tags: [],
      match: 'ALL',
      ...more,
    });
    return jobId;
  }

  async runner(tags: string[] = []): Promise<TestRunner> {
    const { token } = await this.stub.createToken('default', { uses: 1, ttlMs: 60_000, tags }, 'ada@example.com');
    const keys = await newKeys();
    const runner = new TestRunner(this, keys.privateKey);
    const registered = await this.stub.register('default', {
      token,
      publicKey: await publicKeyOf(keys),
      name: 'test runner',
      version: '1',
      protocol: 1,
    });
    runner.id = valueOf(registered).runnerId;
    await runner.connect();
    return runner;
  }
}

export async function signChallenge(
  key: CryptoKey,
  runnerId: string,
  instance: string,
  challenge: string,
): Promise<string> {
  const text = new TextEncoder().encode(challengeText(runnerId, instance, challenge));
  return base64url(await crypto.subtle.sign('Ed25519', key, text));
}

export async function newKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
}

export async function publicKeyOf({ publicKey }: CryptoKeyPair): Promise<string> {
  const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey;
  assert(jwk.x !== undefined, 'an Ed25519 key has an x');
  return jwk.x;
}

export class TestRunner {
  id = '';
  token = '';
  instance = crypto.randomUUID() as string;
  readonly #group: TestGroup;
  readonly #key: CryptoKey;

  constructor(group: TestGroup, key: CryptoKey) {
    this.#group = group;
    this.#key = key;
  }

  async connect(more: Partial<OpenSession> = {}): Promise<void> {
    this.token = valueOf(await this.tryToConnect(more)).token;
  }

  async tryToConnect(more: Partial<OpenSession> = {}) {
    const { stub } = this.#group;
    const { challenge } = valueOf(await stub.challenge(this.id));
    const instance = more.instance ?? this.instance;
    const signature = await signChallenge(this.#key, this.id, instance, challenge);
    const abilities = { slots: 4, taskRunners: ['process' as const], version: '1', protocol: 1 };
    return stub.openSession('default', this.id, { ...abilities, challenge, signature, ...more, instance });
  }

  /** Ids of the jobs that it is offered. */
  async poll(slots = 4): Promise<string[]> {
    const answer = valueOf(await this.#group.stub.poll(this.token, this.id, { slots, waitMs: 0, draining: false }));
    return (answer?.offers ?? []).map(({ jobId }) => jobId);
  }

  async claim(jobId: string, attemptId = 'attempt-1'): Promise<ClaimedJob> {
    return ClaimedJob.parse(JSON.parse(valueOf(await this.#group.stub.claim(this.token, jobId, { attemptId }))));
  }

  heartbeat({ token, jobId, fence }: ClaimedJob) {
    return this.#group.stub.heartbeat(token, jobId, fence);
  }

  complete({ token, jobId, fence }: ClaimedJob, more: object = {}) {
    return this.#group.stub.complete(token, jobId, JSON.stringify({ fence, state: 'SUCCESS', ...more }));
  }
}

export function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`refused with ${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** The code of a refusal; undefined when it was none. */
export function codeOf(answer: Answer<unknown>): string | undefined {
  return answer.ok ? undefined : answer.error.code;
}

function base64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
