/** `rondo-runner doctor`: looks at what a runner needs, and says what is wrong. */
import { spawnSync } from 'node:child_process';
import { Challenge } from '../../worker/src/protocol/runner.ts';
import { StateDirectory } from './identity.ts';
import { Server } from './server.ts';

export interface Finding {
  isFine: boolean;
  text: string;
}

const NODE_MAJOR_MIN = 22;
const PROGRAMS = ['sh', 'bash', 'python3', 'node', 'git'];

export async function doctor(state: string): Promise<Finding[]> {
  return [platform(), node(), ...PROGRAMS.map(program), ...(await enrolment(state))];
}

function platform(): Finding {
  const isFine = process.platform !== 'win32';
  return {
    isFine,
    text: isFine ? `system: ${process.platform}` : 'system: Windows cannot run jobs; use WSL or a container',
  };
}

function node(): Finding {
  const isFine = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
  return { isFine, text: `Node.js ${process.versions.node}${isFine ? '' : `; at least ${NODE_MAJOR_MIN} is needed`}` };
}

/** Only the shell is needed; the others are for the tasks that use them. */
function program(name: string): Finding {
  const found = spawnSync(name, name === 'sh' ? ['-c', 'exit'] : ['--version'], { stdio: 'ignore' }).status === 0;
  return { isFine: found || name !== 'sh', text: `${name}: ${found ? 'found' : 'not found'}` };
}

async function enrolment(state: string): Promise<Finding[]> {
  const directory = new StateDirectory(state);
  const registration = await directory.registration();
  if (registration === undefined) return [{ isFine: false, text: `not enrolled in ${state}; run rondo-runner enroll` }];
  const { url, tenant, runnerId, group } = registration;
  const enrolled = { isFine: true, text: `enrolled as ${runnerId} in the group ${group} of ${tenant}` };
  try {
    await new Server(url, tenant).json('POST', `runners/${runnerId}/challenge`, Challenge, {});
    return [enrolled, { isFine: true, text: `${url} answers and knows this runner` }];
  } catch (error) {
    return [enrolled, { isFine: false, text: error instanceof Error ? error.message : String(error) }];
  }
}
