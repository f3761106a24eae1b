/** The directories of one attempt: made for it, and gone after it whatever happens. Jobs may share one of them.
 *
 *   W1. No path of a task leads out of them: no `..`, nothing absolute, no link that points elsewhere. */
import { chmod, lstat, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { matcher } from './globs.ts';

/** A file of the workspace that goes to the server. */
export interface FoundFile {
  /** Relative to where it was looked for, with `/`. */
  name: string;
  path: string;
}

/** Kept out of what `**` finds. */
const SCRIPT_NAME = '.rondo-script';

export class Workspace {
  /** The job's current directory. */
  readonly workingDir: string;
  /** Every file in it is given back. */
  readonly outputDir: string;
  /** `$RONDO_OUTPUT`. */
  readonly resultsFile: string;
  readonly #root: string;
  /** All of its directories are in it, also the one that it shares. */
  readonly root: string;

  private constructor(root: string, shared?: Workspace) {
    this.#root = root;
    this.root = shared?.root ?? root;
    this.workingDir = shared?.workingDir ?? join(root, 'work');
    this.outputDir = join(root, 'output');
    this.resultsFile = join(root, 'results.jsonl');
  }

  static async create(root: string): Promise<Workspace> {
    await mkdir(dirname(root), { recursive: true, mode: 0o700 });
    await mkdir(root, { mode: 0o700 });
    // Links in the path are resolved once, so that paths can be compared.
    const workspace = new Workspace(await realpath(root));
    await mkdir(workspace.workingDir);
    return workspace.#prepared();
  }

  /** The directories of one of the jobs that run in this one: it works here, the rest is its own. */
  async within(name: string): Promise<Workspace> {
    const root = join(this.#root, 'jobs', name);
    await mkdir(root, { recursive: true, mode: 0o700 });
    return new Workspace(root, this).#prepared();
  }

  async #prepared(): Promise<this> {
    await mkdir(this.outputDir);
    await writeFile(this.resultsFile, '');
    return this;
  }

  /** The place for an input file; throws for a path that leads out of the working directory. */
  async placeFor(path: string): Promise<string> {
    const place = join(this.workingDir, safePath(path));
    await mkdir(dirname(place), { recursive: true });
    return place;
  }

  /** A place outside of the working directory, for a file that commands name by its URI. */
  async placeForDownload(n: number, name: string): Promise<string> {
    const directory = join(this.#root, 'files', String(n));
    await mkdir(directory, { recursive: true });
    return join(directory, name.replace(/[^\w.-]/g, '_') || 'file');
  }

  async writeScript(text: string, extension: string): Promise<string> {
    const path = join(this.workingDir, SCRIPT_NAME + extension);
    await writeFile(path, text, { mode: 0o700 });
    return path;
  }

  /** Text that is too long for a command line. */
  async writeLines(text: string): Promise<string> {
    const path = join(this.#root, 'lines');
    await writeFile(path, text);
    return path;
  }

  async readResults(): Promise<string> {
    return readFile(this.resultsFile, 'utf8').catch(() => '');
  }

  /** Files of the working directory that fit one of the globs. */
  async find(globs: readonly string[]): Promise<FoundFile[]> {
    const fits = matcher(globs);
    const files = globs.length === 0 ? [] : await filesIn(this.workingDir);
    return files.filter(({ name }) => fits(name) && !name.startsWith(SCRIPT_NAME));
  }

  /** Names of files and links that fit one of the globs, or are in a directory that does. */
  async names(globs: readonly string[]): Promise<string[]> {
    const fits = matcher(globs.flatMap((glob) => [glob, `${glob.replace(/\/+$/, '')}/**`]));
    const entries = await readdir(this.workingDir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => relative(this.workingDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((name) => fits(name) && !name.startsWith(SCRIPT_NAME) && !name.includes('\n'))
      .sort();
  }

  async outputDirFiles(): Promise<FoundFile[]> {
    return filesIn(this.outputDir);
  }

  async remove(): Promise<void> {
    await removeTree(this.#root);
  }
}

/** Workspaces that a crash left behind. */
export async function removeLeftOvers(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) await removeTree(join(directory, name));
}

/** The path as it may be joined to a directory. */
export function safePath(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/');
  const names = parts.filter((part) => part !== '' && part !== '.');
  if (
    path.startsWith('/') ||
    /^[A-Za-z]:/.test(path) ||
    path.includes('\0') ||
    names.includes('..') ||
    names.length === 0
  ) {
    throw new Error(`the path ${JSON.stringify(path)} leads out of the working directory`);
  }
  return names.join('/');
}

/** Regular files below a directory, in the order of their names. A link counts when it stays inside. */
async function filesIn(directory: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() && !(entry.isSymbolicLink() && (await staysInside(directory, path)))) continue;
    found.push({ name: relative(directory, path).split(sep).join('/'), path });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function staysInside(directory: string, link: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    const way = relative(directory, target);
    return !way.startsWith('..') && !isAbsolute(way) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}

/** A job may have taken the rights to its own directories away from us. */
async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await makeWritable(join(path, name));
}
