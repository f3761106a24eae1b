/** Saved servers: a JSON file in the user's configuration directory that only the user can read, for it holds tokens. */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError, messageOf } from '../cli-error.ts';

const Profile = z.object({ url: z.string(), tenant: z.string(), token: z.string() });
export type Profile = z.infer<typeof Profile>;

const ProfileFile = z.object({
  current: z.string().default('default'),
  profiles: z.record(z.string(), Profile).default({}),
});
export type ProfileFile = z.infer<typeof ProfileFile>;

type Env = Record<string, string | undefined>;

export function profilePath(env: Env): string {
  const base = env['XDG_CONFIG_HOME'];
  return join(
    base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.config') : base,
    'rondo',
    'profiles.json',
  );
}

export async function readProfiles(env: Env): Promise<ProfileFile> {
  const path = profilePath(env);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return { current: 'default', profiles: {} };
  }
  try {
    return ProfileFile.parse(JSON.parse(text));
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${messageOf(error)}`, {
      remedy: 'mend or delete the file, then `rondo login`',
    });
  }
}

/** Saves `profile` under `name` and makes it the current one. */
export async function saveProfile(env: Env, name: string, profile: Profile): Promise<string> {
  const path = profilePath(env);
  const { profiles } = await readProfiles(env);
  const file: ProfileFile = { current: name, profiles: { ...profiles, [name]: profile } };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written beside and renamed, so that a crash leaves the former file whole.
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return path;
}
