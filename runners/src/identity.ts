/** Who this runner is: a key that never leaves this machine, and the server that knows its public half. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Registration = z.object({
  url: z.url(),
  tenant: z.string(),
  runnerId: z.string(),
  group: z.string(),
  name: z.string(),
});
export type Registration = z.infer<typeof Registration>;

export class StateDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get workspaces(): string {
    return join(this.path, 'workspaces');
  }

  /** Undefined when this runner is not enrolled. */
  async registration(): Promise<Registration | undefined> {
    const text = await this.#read('runner.json');
    if (text === undefined) return undefined;
    const registration = Registration.safeParse(JSON.parse(text));
    if (!registration.success) throw new Error(`${join(this.path, 'runner.json')} is damaged; enrol this runner again`);
    return registration.data;
  }

  async register(registration: Registration): Promise<void> {
    await this.#write('runner.json', `${JSON.stringify(registration, null, 2)}\n`);
  }

  /** Kept across failed enrolments: a repeated one with the same key is the same runner. */
  async key(): Promise<Key> {
    const known = await this.#read('key.pem');
    if (known !== undefined) return new Key(known);
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await this.#write('key.pem', pem);
    return new Key(pem);
  }

  /** The process that held the key before this one: tells the server a restart from a copy of this directory. */
  async lastInstance(): Promise<string | undefined> {
    return this.#read('instance');
  }

  async rememberInstance(instance: string): Promise<void> {
    await this.#write('instance', instance);
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.path, name), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whole or not at all, and for this user only. */
  async #write(name: string, text: string): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const path = join(this.path, name);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}

export class Key {
  readonly #key: ReturnType<typeof createPrivateKey>;

  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
  }

  /** The public half, 32 bytes in base64url. */
  get publicKey(): string {
    return z.object({ x: z.string() }).parse(this.#key.export({ format: 'jwk' })).x;
  }

  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString('base64url');
  }
}
