/** The WebSocket that says when to ask for work. It may break at any time: then the runner asks by itself, and the channel
 *  comes back. */
import { CHANNEL_PING, ChannelMessage, CLOSE_REVOKED } from '../../worker/src/protocol/runner.ts';
import type { Connection } from './connection.ts';
import { log } from './log.ts';
import { backoffMs, pause } from './retry.ts';

const PING_MS = 30_000;
/** A channel that lived this long was fine: the next try comes soon. */
const STEADY_MS = 60_000;

export class Channel {
  #isOpen = false;
  readonly #connection: Connection;
  readonly #onMessage: (message: ChannelMessage) => void;

  constructor(connection: Connection, onMessage: (message: ChannelMessage) => void) {
    this.#connection = connection;
    this.#onMessage = onMessage;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Keeps the channel up until the signal says otherwise. */
  async keep(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      const start = Date.now();
      const code = await this.#connect(signal).catch(() => undefined);
      this.#isOpen = false;
      // The next request for work says the same, and ends the program.
      if (code === CLOSE_REVOKED) return;
      if (Date.now() - start > STEADY_MS) tries = 0;
      await pause(backoffMs(tries), signal);
    }
  }

  /** Settles with the close code. */
  async #connect(signal: AbortSignal): Promise<number> {
    const token = await this.#connection.token();
    const url = this.#connection.server.webSocketUrl(`runners/${this.#connection.runnerId}/channel`);
    // Node's WebSocket takes headers, which the standard does not know.
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } } as unknown as string[]);
    const { promise, resolve } = Promise.withResolvers<number>();
    const close = () => socket.close(1000);
    let ping: NodeJS.Timeout | undefined;
    socket.addEventListener('open', () => {
      this.#isOpen = true;
      log('info', 'the channel is open');
      ping = setInterval(() => socket.send(CHANNEL_PING), PING_MS);
      this.#onMessage({ type: 'wake' });
    });
    socket.addEventListener('message', ({ data }) => {
      const message = parse(data);
      if (message !== null) this.#onMessage(message);
    });
    socket.addEventListener('close', ({ code }) => resolve(code));
    socket.addEventListener('error', () => undefined);
    signal.addEventListener('abort', close);
    try {
      return await promise;
    } finally {
      clearInterval(ping);
      signal.removeEventListener('abort', close);
    }
  }
}

/** Null for a pong, and for what a newer server may say. */
function parse(data: unknown): ChannelMessage | null {
  try {
    return ChannelMessage.parse(JSON.parse(String(data)));
  } catch {
    return null;
  }
}
