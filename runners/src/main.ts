/** `rondo-runner`: runs the tasks that cannot run at the edge, on a machine of its owner's. */
import { doctor } from './doctor.ts';
import { enroll } from './enroll.ts';
import { log } from './log.ts';
import { run } from './run.ts';
import { ServerError } from './server.ts';
import { enrollSettings, runSettings, stateOnly } from './settings.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

const USAGE = `rondo-runner ${VERSION}

  rondo-runner enroll --url URL --tenant TENANT --token rnd_enr_… [--state DIR] [--name NAME]
  rondo-runner run [--state DIR] [--slots N]
                   [--allow-process]            run jobs as processes of this machine
                   [--bubblewrap]               run jobs in sandboxes of this machine
                   [--container-engine auto|docker|podman|nerdctl|none]
                   [--docker-as-process]        run tasks that ask for Docker as processes, with a warning
                   [--transport auto|ws|poll]   how it learns of work
                   [--once | --max-jobs N] [--idle-timeout SECONDS]
  rondo-runner doctor [--state DIR]

The state directory (default ~/.rondo-runner) holds the runner's key. policy.json in it may say
{"allowProcess": true, "dockerAsProcess": false, "slots": 4}.
`;

async function main([command, ...args]: string[]): Promise<number> {
  switch (command) {
    case 'enroll':
      log('info', await enroll(enrollSettings(args, process.env)));
      return 0;
    case 'run':
      await run(await runSettings(args, process.env));
      return 0;
    case 'doctor': {
      const findings = await doctor(stateOnly(args, process.env));
      for (const { isFine, text } of findings) process.stdout.write(`${isFine ? 'ok  ' : 'BAD '} ${text}\n`);
      return findings.every(({ isFine }) => isFine) ? 0 : 1;
    }
    case 'version':
    case '--version':
      process.stdout.write(`${VERSION}\n`);
      return 0;
    case 'help':
    case '--help':
    case undefined:
      process.stdout.write(USAGE);
      return command === undefined ? 2 : 0;
    default:
      throw new UsageError(`unknown command "${command}"`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isOurs = error instanceof UsageError || error instanceof ServerError;
  log(
    'error',
    error instanceof Error ? (isOurs || error.stack === undefined ? error.message : error.stack) : String(error),
  );
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
