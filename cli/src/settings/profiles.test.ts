import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { profilePath, readProfiles, saveProfile } from './profiles.ts';

const acme = { url: 'https://rondo.test', tenant: 'acme', token: 'rnd_a' };

function freshEnv() {
  return { XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), 'rondo-config-')) };
}

test('profiles are kept side by side, the last one saved is current, and nobody else can read them', async () => {
  const env = freshEnv();
  await saveProfile(env, 'default', acme);
  const path = await saveProfile(env, 'work', { ...acme, tenant: 'work' });
  expect(await readProfiles(env)).toEqual({
    current: 'work',
    profiles: { default: acme, work: { ...acme, tenant: 'work' } },
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('no file means no profiles', async () => {
  expect(await readProfiles(freshEnv())).toEqual({ current: 'default', profiles: {} });
});

test('a broken file is named, not overwritten', async () => {
  const env = freshEnv();
  await saveProfile(env, 'default', acme);
  writeFileSync(profilePath(env), '{');
  await expect(readProfiles(env)).rejects.toThrow('profiles.json cannot be read');
  await expect(saveProfile(env, 'work', acme)).rejects.toThrow('profiles.json cannot be read');
});
