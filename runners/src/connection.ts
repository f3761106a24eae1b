/** The connection of one runner process: it proves its key, keeps a token fresh, asks for work, and listens to the channel. */
import { randomUUID } from 'node:crypto';
import { RUNNER_POLL_MS_MAX } from '../../worker/src/limits.ts';
import type { TaskRunnerType } from '../../worker/src/protocol/job.ts';
import {
  Challenge,
  challengeText,
  ClaimedJob,
  OpenedSession,
  PollAnswer,
  RUNNER_PROTOCOL,
} from '../../worker/src/protocol/runner.ts';
import type { RunnerTimes } from '../../worker/src/protocol/runner.ts';
import type { Key, Registration } from './identity.ts';
import { Server, ServerError, parseAnswer } from './server.ts';
import { VERSION } from './version.ts';

export interface Abilities {
  slots: number;
  taskRunners: TaskRunnerType[];
}

/** A token is renewed when it has this part of its life left. */
const TOKEN_RENEWAL_SHARE = 0.2;
/** Beyond the time that the server may hold a request open. */
const POLL_ANSWER_MS = RUNNER_POLL_MS_MAX + 15_000;

export class Connection {
  readonly server: Server;
  readonly runnerId: string;
  readonly instance = randomUUID();
  readonly #key: Key;
  readonly #abilities: Abilities;
  readonly #previousInstance: string | undefined;
  #token: { text: string; renewAt: number } | null = null;
  #opening: Promise<string> | null = null;
  #times: RunnerTimes | null = null;

  constructor(registration: Registration, key: Key, abilities: Abilities, remember: { previousInstance?: string }) {
    this.server = new Server(registration.url, registration.tenant);
    this.runnerId = registration.runnerId;
    this.#key = key;
    this.#abilities = abilities;
    this.#previousInstance = remember.previousInstance;
  }

  /** Known once a session was opened. */
  get times(): RunnerTimes {
    if (this.#times === null) throw new Error('the times of a connection are known after its first session');
    return this.#times;
  }

  async token(): Promise<string> {
    if (this.#token !== null && Date.now() < this.#token.renewAt) return this.#token.text;
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** Null when there is nothing to say. */
  async poll(
    request: { slots: number; waitMs: number; draining: boolean },
    signal: AbortSignal,
  ): Promise<PollAnswer | null> {
    const body = JSON.stringify(request);
    const response = await this.#send('POST', `runners/${this.runnerId}/poll`, {
      body,
      timeoutMs: POLL_ANSWER_MS,
      signal,
    });
    return response.status === 204 ? null : parseAnswer(response, PollAnswer);
  }

  async claim(jobId: string, attemptId: string): Promise<ClaimedJob> {
    const response = await this.#send('POST', `runs/${jobId}/claim`, { body: JSON.stringify({ attemptId }) });
    return parseAnswer(response, ClaimedJob);
  }

  async sayGoodbye(): Promise<void> {
    if (this.#token === null) return;
    await this.server.send('DELETE', `runners/${this.runnerId}/session`, { token: this.#token.text, timeoutMs: 5_000 });
  }

  /** With the connection's token, and once more with a new one if that is refused. */
  async #send(
    method: string,
    path: string,
    request: { body?: string; timeoutMs?: number; signal?: AbortSignal },
  ): Promise<Response> {
    try {
      return await this.server.send(method, path, { ...request, token: await this.token() });
    } catch (error) {
      if (!(error instanceof ServerError) || error.status !== 401) throw error;
      this.#token = null;
      return this.server.send(method, path, { ...request, token: await this.token() });
    }
  }

  async #open(): Promise<string> {
    const path = `runners/${this.runnerId}`;
    const { challenge } = await this.server.json('POST', `${path}/challenge`, Challenge, {});
    const session = await this.server.json('POST', `${path}/session`, OpenedSession, {
      ...this.#abilities,
      challenge,
      instance: this.instance,
      previousInstance: this.#previousInstance,
      signature: this.#key.sign(challengeText(this.runnerId, this.instance, challenge)),
      version: VERSION,
      protocol: RUNNER_PROTOCOL,
    });
    this.#token = { text: session.token, renewAt: Date.now() + session.expiresInMs * (1 - TOKEN_RENEWAL_SHARE) };
    this.#times = session.times;
    return session.token;
  }
}
