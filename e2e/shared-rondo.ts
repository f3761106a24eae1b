/** One Rondo with a runner for all tests that do not break it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startRondo } from '../cli/dev/rondo.ts';
import { freePort } from '../cli/dev/settings.ts';
import type { Connection } from '../cli/src/client/client.ts';

declare module 'vitest' {
  interface ProvidedContext {
    rondo: Connection;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = await mkdtemp(join(tmpdir(), 'rondo-e2e-'));
  const { url, credentials, stop } = await startRondo(
    { port: await freePort(), state, withRunner: true },
    () => undefined,
  );
  project.provide('rondo', { url, tenant: credentials.tenant, token: credentials.token });
  return async () => {
    await stop();
    await rm(state, { recursive: true, force: true });
  };
}
