/** Every task type: the only list. */
import { echo } from './debug/echo.ts';
import { returnValue } from './debug/return.ts';
import { assertTask } from './execution/assert.ts';
import { count } from './execution/count.ts';
import { exit } from './execution/exit.ts';
import { failTask } from './execution/fail.ts';
import { labelsTask } from './execution/labels.ts';
import { purgeExecutions } from './execution/purge-executions.ts';
import { resume } from './execution/resume.ts';
import { setVariables } from './execution/set-variables.ts';
import { unsetVariables } from './execution/unset-variables.ts';
import { allowFailure } from './flow/allow-failure.ts';
import { dag } from './flow/dag.ts';
import { eachParallel } from './flow/each-parallel.ts';
import { eachSequential } from './flow/each-sequential.ts';
import { forEachItemItems } from './flow/for-each-item-items.ts';
import { forEachItemMerge } from './flow/for-each-item-merge.ts';
import { forEachItemSplit } from './flow/for-each-item-split.ts';
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
import { download } from './http/download.ts';
import { request } from './http/request.ts';
import { sseRequest } from './http/sse-request.ts';
import { clientTasks } from './kestra/client-tasks.ts';
import { deleteValue } from './kv/delete.ts';
import { getKeys } from './kv/get-keys.ts';
import { getValue } from './kv/get.ts';
import { purgeKv } from './kv/purge-kv.ts';
import { setValue } from './kv/set.ts';
import { fetchLogs } from './log/fetch.ts';
import { log } from './log/log.ts';
import { purgeLogs } from './log/purge-logs.ts';
import { publish } from './metric/publish.ts';
import { deleteFiles } from './namespace/delete-files.ts';
import { downloadFiles } from './namespace/download-files.ts';
import { purgeFiles } from './namespace/purge-files.ts';
import { uploadFiles } from './namespace/upload-files.ts';
import { outputValues } from './output/output-values.ts';
import { cliTasks } from './scripts/cli-tasks.ts';
import { scriptTasks } from './scripts/script-tasks.ts';
import { deleteState } from './state/delete.ts';
import { getState } from './state/get.ts';
import { setState } from './state/set.ts';
import { concat } from './storage/concat.ts';
import { deduplicateItems } from './storage/deduplicate-items.ts';
import { deleteFile } from './storage/delete.ts';
import { filterItems } from './storage/filter-items.ts';
import { localFiles } from './storage/local-files.ts';
import { purgeCurrentExecutionFiles } from './storage/purge-current-execution-files.ts';
import { reverse } from './storage/reverse.ts';
import { size } from './storage/size.ts';
import { split } from './storage/split.ts';
import { write } from './storage/write.ts';
import { templatedTask } from './templating/templated-task.ts';
import { toggle } from './trigger/toggle.ts';
import type { TaskDefinition } from './task.ts';

/** Parts of other types: flows run them, but no document speaks of them. */
export const partDefinitions: readonly TaskDefinition[] = [forEachItemSplit, forEachItemItems, forEachItemMerge];

export const taskDefinitions: readonly TaskDefinition[] = [
  echo,
  returnValue,
  assertTask,
  count,
  exit,
  failTask,
  labelsTask,
  purgeExecutions,
  resume,
  setVariables,
  unsetVariables,
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
  download,
  request,
  sseRequest,
  ...clientTasks,
  deleteValue,
  getKeys,
  getValue,
  purgeKv,
  setValue,
  fetchLogs,
  log,
  purgeLogs,
  publish,
  deleteFiles,
  downloadFiles,
  purgeFiles,
  uploadFiles,
  outputValues,
  ...cliTasks,
  ...scriptTasks,
  deleteState,
  getState,
  setState,
  concat,
  deduplicateItems,
  deleteFile,
  filterItems,
  localFiles,
  purgeCurrentExecutionFiles,
  reverse,
  size,
  split,
  write,
  templatedTask,
  toggle,
];
