/** The directory of one WorkingDirectory: one job keeps it, the jobs of its tasks come and go in it.
 *   D1. Nobody is in it before it is prepared, and it goes when nobody is in it any more. */
import type { WorkspaceEnd } from '../../worker/src/protocol/runner.ts';
import type { Workspace } from './workspace.ts';

export class SharedWorkspace {
  /** When it fires, the jobs in it must end; its reason is that of the job that keeps it. */
  readonly stopped: AbortSignal;
  readonly #opened = Promise.withResolvers<Workspace>();
  readonly #closed = Promise.withResolvers<WorkspaceEnd | null>();
  readonly #users = new Set<Promise<unknown>>();

  constructor(stopped: AbortSignal) {
    this.stopped = stopped;
    this.#opened.promise.catch(() => undefined);
    stopped.addEventListener('abort', () => {
      this.#closed.resolve(null);
      this.#opened.reject(new Error('the directory that the task was to run in is gone'));
    });
  }

  open(workspace: Workspace): void {
    this.#opened.resolve(workspace);
  }

  /** It cannot be prepared. */
  fail(reason: string): void {
    this.#opened.reject(new Error(`the directory that the task was to run in could not be prepared: ${reason}`));
  }

  close(end: WorkspaceEnd): void {
    this.#closed.resolve(end);
  }

  /** How its tasks ended; null when it was stopped before. */
  get closed(): Promise<WorkspaceEnd | null> {
    return this.#closed.promise;
  }

  async use<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
    const used = this.#opened.promise.then(work);
    this.#users.add(used);
    try {
      return await used;
    } finally {
      this.#users.delete(used);
    }
  }

  async empty(): Promise<void> {
    await Promise.allSettled(this.#users);
  }
}
