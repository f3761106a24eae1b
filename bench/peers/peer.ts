/** Who runs the same job: each in a workerd of its own. */
import type { Usage } from './usage.ts';

/** A job's shape; each peer has its own way to express it. */
export interface Job {
  name: string;
  shape: 'sequence' | 'fan-out';
  tasks: number;
}

export interface Peer {
  name: string;
  /** Makes the job known. */
  prepare(job: Job): Promise<void>;
  /** Runs the job once; settles when it has ended durably. */
  run(job: Job): Promise<void>;
  usage(): Usage;
  stop(): Promise<void>;
}
