/** Kills process groups when this program dies without saying so (`kill -9`, out of memory): a small shell waits at the other
 *  end of a pipe, and kills what is on its list when the pipe breaks. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

const GUARD = `
trap '' TERM INT HUP
groups=' '
while read -r what group; do
  case $what in
    watch) groups="$groups$group " ;;
    forget)
      rest=' '
      for each in $groups; do [ "$each" = "$group" ] || rest="$rest$each "; done
      groups=$rest ;;
  esac
done
for each in $groups; do kill -KILL "-$each"; done`;

export class GroupGuard {
  #shell: ChildProcess | null = null;

  watch(group: number): void {
    this.#tell(`watch ${group}\n`);
  }

  forget(group: number): void {
    this.#tell(`forget ${group}\n`);
  }

  #tell(line: string): void {
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(line);
  }

  /** In a session of its own, so that no signal to the runner's group reaches it. */
  #start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    shell.on('error', () => undefined);
    shell.stdin.on('error', () => undefined);
    shell.unref();
    // Its pipe must not keep this program alive either.
    (shell.stdin as unknown as { unref?(): void }).unref?.();
    return shell;
  }
}
