/** Files that one execution of a flow leaves to the next: a tar archive at the server. `tar` keeps what a package manager needs
 *  (links, rights), and neither follows links nor leaves the directory when it unpacks. */
import { spawn } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { WorkspaceCache } from '../../worker/src/protocol/job.ts';
import type { JobFiles } from './job-files.ts';
import type { Workspace } from './workspace.ts';

/** False when there is none, or only one that is too old. */
export async function restoreCache(cache: WorkspaceCache, workspace: Workspace, files: JobFiles): Promise<boolean> {
  const archive = await workspace.placeForDownload(0, 'cache.tar.gz');
  if (!(await files.downloadCache(archive, cache.ttlMs))) return false;
  await tar(['-xzf', archive, '-C', workspace.workingDir]);
  await rm(archive);
  return true;
}

/** Answers how many files are kept. */
export async function saveCache(cache: WorkspaceCache, workspace: Workspace, files: JobFiles): Promise<number> {
  const names = await workspace.names(cache.patterns);
  if (names.length === 0) return 0;
  const list = await workspace.placeForDownload(0, 'cache.list');
  const archive = await workspace.placeForDownload(0, 'cache.tar.gz');
  await writeFile(list, names.map((name) => `./${name}\n`).join(''));
  await tar(['-czf', archive, '-C', workspace.workingDir, '-T', list]);
  await files.uploadCache(await openAsBlob(archive));
  return names.length;
}

async function tar(args: string[]): Promise<void> {
  const child = spawn('tar', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = text(child.stderr);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`tar cannot be started: ${error.message}`)));
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`tar failed: ${(await said).trim()}`);
}
