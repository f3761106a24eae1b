/** `node cli/dev/build.ts cli|runner|asset`: bundles the command line, the runner, or the runner as the server gives it away. */
import { bundleCli, bundleRunner, RUNNER_ASSET } from './bundle.ts';

const WHAT: Record<string, () => Promise<void>> = {
  cli: () => bundleCli(),
  runner: () => bundleRunner(),
  asset: () => bundleRunner(RUNNER_ASSET),
};

const what = WHAT[process.argv[2] ?? ''];
if (what === undefined) {
  console.error(`error: say what to build: ${Object.keys(WHAT).join(', ')}`);
  process.exitCode = 1;
} else await what();
