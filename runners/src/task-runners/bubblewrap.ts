/** Runs a job as processes of this machine in a sandbox: the programs of the machine to read, the job's own directories to
 *  write, and nothing else of it: no other file, process or user. The sandbox dies with the runner. */
import { z } from 'zod';
import type { BubblewrapPolicy } from '../policy.ts';
import { ownEnvironment } from './own-environment.ts';
import { ProcessGroups } from './process-groups.ts';
import { refused } from './task-runner.ts';
import type { Ending, OutputName, Program, TaskRunner } from './task-runner.ts';

const Options = z.object({ network: z.boolean().default(true) });

/** Programs, libraries, and what they need to know of the machine; no directory in which somebody keeps files. */
// prettier-ignore
const READ_ONLY = [
  '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/alternatives', '/etc/ca-certificates', '/etc/group', '/etc/hosts',
  '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/localtime', '/etc/nsswitch.conf', '/etc/passwd', '/etc/pki',
  '/etc/resolv.conf', '/etc/ssl',
];

export class BubblewrapTaskRunner implements TaskRunner {
  readonly #groups: ProcessGroups;
  readonly #policy: BubblewrapPolicy;

  constructor(policy: BubblewrapPolicy, groups = new ProcessGroups()) {
    this.#policy = policy;
    this.#groups = groups;
  }

  async run(
    program: Program,
    onOutput: (name: OutputName, bytes: Uint8Array) => void,
    stop: AbortSignal,
  ): Promise<Ending> {
    const options = Options.safeParse(program.options);
    if (!options.success) return refused(z.prettifyError(options.error));
    const argv = sandboxed(program, { ...this.#policy, network: this.#policy.network && options.data.network });
    // The home of the runner's user is not in the sandbox.
    const env = { ...ownEnvironment(process.env), HOME: program.workingDir, TMPDIR: '/tmp', ...program.env };
    return this.#groups.run({ argv, env, workingDir: program.workingDir }, onOutput, stop);
  }
}

/** The environment is inherited: arguments can be seen by every user of the machine. */
export function sandboxed({ argv, workingDir, root }: Program, policy: BubblewrapPolicy): [string, ...string[]] {
  const readOnly = [...READ_ONLY, ...policy.readOnly].flatMap((path) => ['--ro-bind-try', path, path]);
  return [
    'bwrap',
    ...['--die-with-parent', '--new-session', '--unshare-all', ...(policy.network ? ['--share-net'] : [])],
    ...['--cap-drop', 'ALL', ...readOnly, '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...['--bind', root, root, '--chdir', workingDir, '--', ...argv],
  ];
}
