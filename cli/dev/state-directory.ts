/** The directory that holds everything of one local Rondo, and the lock that keeps two of them apart. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError, messageOf } from '../src/cli-error.ts';
import { birthOf, groupGone, signalGroup } from './process.ts';

const Credentials = z.object({
  email: z.string(),
  password: z.string(),
  tenant: z.string(),
  token: z.string(),
});
export type Credentials = z.infer<typeof Credentials>;

const Owned = z.object({ pid: z.number(), birth: z.string() });
const Lock = z.object({ owner: Owned, url: z.string(), children: z.array(Owned) });

const PRIVATE = { mode: 0o600 };

export class StateDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    try {
      for (const folder of ['storage', 'logs', 'runner'])
        mkdirSync(join(path, folder), { recursive: true, mode: 0o700 });
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw new CliError(`the state directory ${path} cannot be used: ${messageOf(error)}`, {
        remedy: 'mend its permissions, or choose another with RONDO_STATE',
      });
    }
  }

  /** What workerd keeps: databases, objects, files, queues. */
  get storage(): string {
    return join(this.path, 'storage');
  }

  get runner(): string {
    return join(this.path, 'runner');
  }

  logFile(name: string): string {
    return join(this.path, 'logs', `${name}.log`);
  }

  /** The server's variables as a file that only its owner can read; the master secret is made once and kept. */
  variablesFile(variables: Record<string, string>): string {
    const secretFile = join(this.path, 'secret');
    if (!existsSync(secretFile)) writeFileSync(secretFile, randomBytes(32).toString('base64url'), PRIVATE);
    const path = join(this.path, 'server.env');
    const lines = Object.entries({ RONDO_SECRET: readFileSync(secretFile, 'utf8').trim(), ...variables });
    writeFileSync(path, lines.map(([name, value]) => `${name}=${value}\n`).join(''), PRIVATE);
    return path;
  }

  get credentials(): Credentials | undefined {
    const path = join(this.path, 'credentials.json');
    return existsSync(path) ? this.#read(path, Credentials) : undefined;
  }

  saveCredentials(credentials: Credentials): void {
    writeFileSync(join(this.path, 'credentials.json'), `${JSON.stringify(credentials, undefined, 2)}\n`, PRIVATE);
  }

  /** Refuses a second Rondo on this directory, and ends what one that was killed left behind. */
  async lock(url: string): Promise<void> {
    const path = this.#lockFile;
    const former = existsSync(path) ? this.#read(path, Lock) : undefined;
    if (former !== undefined) {
      if (isAlive(former.owner)) {
        throw new CliError(`Rondo already runs on ${this.path} at ${former.url} (process ${former.owner.pid})`, {
          remedy: 'stop it first, or choose another directory with RONDO_STATE',
        });
      }
      await endOrphans(former.children);
    }
    this.#writeLock({ owner: owned(process.pid), url, children: [] });
  }

  /** Remembers a child, so that the next start can end it if we cannot. */
  adopt(pid: number): void {
    const lock = this.#read(this.#lockFile, Lock);
    this.#writeLock({ ...lock, children: [...lock.children, owned(pid)] });
  }

  unlock(): void {
    rmSync(this.#lockFile, { force: true });
  }

  get #lockFile(): string {
    return join(this.path, 'lock.json');
  }

  #writeLock(lock: z.infer<typeof Lock>): void {
    writeFileSync(this.#lockFile, JSON.stringify(lock), PRIVATE);
  }

  #read<T>(path: string, schema: z.ZodType<T>): T {
    try {
      return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      throw new CliError(`${path} cannot be read: ${messageOf(error)}`, {
        remedy: 'delete the state directory to begin anew, or choose another with RONDO_STATE',
      });
    }
  }
}

async function endOrphans(orphans: z.infer<typeof Owned>[]): Promise<void> {
  const living = orphans.filter(isAlive);
  for (const { pid } of living) signalGroup(pid, 'SIGKILL');
  await Promise.all(living.map(({ pid }) => groupGone(pid)));
}

function owned(pid: number): z.infer<typeof Owned> {
  return { pid, birth: birthOf(pid) ?? '' };
}

function isAlive({ pid, birth }: z.infer<typeof Owned>): boolean {
  return birthOf(pid) === birth;
}
