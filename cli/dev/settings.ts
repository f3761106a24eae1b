/** Where and how Rondo runs on this machine, read once from the environment. */
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { CliError } from '../src/cli-error.ts';

export interface Settings {
  port: number;
  /** Databases, files, logs and secrets of this machine's Rondo. */
  state: string;
  withRunner: boolean;
  /** Further variables of the Worker: a test shortens its times with them. */
  variables?: Record<string, string>;
}

export const ROOT = resolve(import.meta.dirname, '../..');

const PORT = 8787;

/** RONDO_PORT=0 takes any free port. */
export async function readSettings(env: Record<string, string | undefined>): Promise<Settings> {
  const text = env['RONDO_PORT'] ?? '';
  const port = text === '' ? PORT : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CliError(`RONDO_PORT=${text} is not a port`, {
      remedy: 'choose a number from 1 to 65535, or 0 for any free one',
    });
  }
  return {
    port: port === 0 ? await freePort() : port,
    state: resolve(env['RONDO_STATE'] || '.rondo'),
    withRunner: !/^(off|0|false|no)$/i.test(env['RONDO_RUNNER'] ?? ''),
  };
}

export async function refuseBusyPort(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch {
    throw new CliError(`port ${port} is in use`, {
      remedy: 'stop what listens there, or choose another port with RONDO_PORT',
    });
  }
}

export function freePort(): Promise<number> {
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
