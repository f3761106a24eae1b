/** What a flow names by `type` beside tasks: triggers, conditions, task runners. Like a task type, it is data. */
import type * as z from '../zod.ts';
import type { TaskExample } from './task.ts';

export interface ExtensionDefinition {
  /** The canonical id is the short form: `core.runner.Process`. */
  type: string;
  /** Kestra's former names, short or in full. */
  aliases?: readonly string[];
  title: string;
  description?: string;
  /** Why not to use it any more, and what to use instead. */
  deprecated?: string;
  /** The type's own properties, without those that all of its kind share. */
  input: z.ZodObject;
  output?: z.ZodObject;
  examples: readonly TaskExample[];
}
