import type { JobSpec } from '../protocol/job.ts';

/** A job that runs no program. */
export function fileJob(
  work: Extract<JobSpec['work'], { kind: 'files' | 'workspace' }>,
  { inputFiles = {}, outputFiles = [], namespaceFiles }: Partial<Pick<JobSpec, FilesOfJob>>,
): JobSpec {
  return { ...NO_PROGRAM, work, inputFiles, outputFiles, ...(namespaceFiles && { namespaceFiles }) };
}

type FilesOfJob = 'inputFiles' | 'outputFiles' | 'namespaceFiles';

const NO_PROGRAM = {
  beforeCommands: [],
  interpreter: ['/bin/sh', '-c'],
  failFast: true,
  env: {},
  warningOnStdErr: false,
};
