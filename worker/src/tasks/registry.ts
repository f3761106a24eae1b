/** Every task type: the only list. */
import { echo } from './debug/echo.ts';
import { returnValue } from './debug/return.ts';
import { failTask } from './execution/fail.ts';
import { allowFailure } from './flow/allow-failure.ts';
import { dag } from './flow/dag.ts';
import { eachParallel } from './flow/each-parallel.ts';
import { eachSequential } from './flow/each-sequential.ts';
import { forEachItem } from './flow/for-each-item.ts';
import { forEach } from './flow/for-each.ts';
import { ifTask } from './flow/if.ts';
import { loopUntil } from './flow/loop-until.ts';
import { loop } from './flow/loop.ts';
import { parallel } from './flow/parallel.ts';
import { pause } from './flow/pause.ts';
import { sequential } from './flow/sequential.ts';
import { sleep } from './flow/sleep.ts';
import { subflow } from './flow/subflow.ts';
import { switchTask } from './flow/switch.ts';
import { template } from './flow/template.ts';
import { workingDirectory } from './flow/working-directory.ts';
import { request } from './http/request.ts';
import { log } from './log/log.ts';
import { outputValues } from './output/output-values.ts';
import { scriptTasks } from './scripts/script-tasks.ts';
import type { TaskDefinition } from './task.ts';

export const taskDefinitions: readonly TaskDefinition[] = [
  echo,
  returnValue,
  failTask,
  allowFailure,
  dag,
  eachParallel,
  eachSequential,
  forEachItem,
  forEach,
  ifTask,
  loopUntil,
  loop,
  parallel,
  pause,
  sequential,
  sleep,
  subflow,
  switchTask,
  template,
  workingDirectory,
  request,
  log,
  outputValues,
  ...scriptTasks,
];
