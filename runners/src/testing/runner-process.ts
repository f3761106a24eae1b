/** The real program, in a process of its own, against a server that speaks the protocol. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateDirectory } from '../identity.ts';
import type { ProtocolServer } from './protocol-server.ts';

export class RunnerProcess {
  readonly state: string;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  log = '';

  private constructor(state: string, args: string[]) {
    this.state = state;
    const main = join(import.meta.dirname, '../main.ts');
    this.child = spawn(process.execPath, [main, 'run', '--state', state, '--transport', 'poll', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, RUNNER_ONLY: 'not for jobs' },
    });
    this.child.stderr?.on('data', (bytes) => (this.log += String(bytes)));
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  static async start(
    server: ProtocolServer,
    args = ['--allow-process', '--docker-as-process', '--slots', '4'],
  ): Promise<RunnerProcess> {
    const state = await mkdtemp(join(tmpdir(), 'rondo-runner-test-'));
    const registration = {
      url: server.url,
      tenant: 'acme',
      runnerId: 'default.0123456789abcdef',
      group: 'default',
      name: 'test',
    };
    await new StateDirectory(state).register(registration);
    return new RunnerProcess(state, args);
  }

  get workspaces(): string[] {
    const directory = join(this.state, 'workspaces');
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
    await rm(this.state, { recursive: true, force: true });
  }
}
