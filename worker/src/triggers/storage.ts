import * as z from '../zod.ts';
import { STORAGE_TRIGGER_FILES_MAX } from '../limits.ts';
import type { JsonObject } from '../protocol/json.ts';
import { dynamicText, isExpression, withRules } from '../tasks/properties.ts';
import type { Problem } from '../tasks/properties.ts';
import { interval } from './polling.ts';
import { defineTrigger } from './trigger.ts';

export const STORAGE_ACTIONS = ['MOVE', 'DELETE', 'NONE'] as const;

export const StorageTriggerInput = withRules(
  z.object({
    namespace: dynamicText().optional().describe('Namespace of the files; the own one when absent.'),
    from: dynamicText().describe('Folder of the namespace in which files arrive, folders inside it included.'),
    files: dynamicText().optional().describe('Glob that names must match, like `*.csv`.'),
    action: z
      .enum(STORAGE_ACTIONS)
      .describe(
        'What becomes of a file once an execution has its copy. With NONE, one that stays as it is is not taken again.',
      ),
    moveTo: dynamicText().optional().describe('Folder for MOVE; a file of the same name there is replaced.'),
    maxFiles: z
      .int()
      .min(1)
      .max(STORAGE_TRIGGER_FILES_MAX)
      .default(STORAGE_TRIGGER_FILES_MAX)
      .describe('Files for one execution; the others come at the next look.'),
    interval,
  }),
  rules,
);

export const storageTrigger = defineTrigger({
  kind: 'polling',
  type: 'core.storage.Trigger',
  title: 'Start an execution for files that arrive in a folder of the internal storage',
  description: 'The execution gets copies of its own, so that it may read them whatever becomes of the files.',
  input: StorageTriggerInput,
  output: z.object({
    files: z.array(
      z.object({
        uri: z.string().describe('Of the copy.'),
        path: z.string().describe('Where it was found.'),
        name: z.string(),
        size: z.int(),
      }),
    ),
  }),
  examples: [
    { title: 'An inbox that is emptied', yaml: 'from: /inbox\nfiles: "*.csv"\naction: MOVE\nmoveTo: /archive' },
    { title: 'Take and delete', yaml: 'from: /uploads\naction: DELETE\ninterval: PT10S' },
  ],
});

function rules({ action, from, moveTo }: JsonObject): Problem[] {
  const isMove = action === 'MOVE';
  if (isMove && typeof moveTo !== 'string') return [{ message: '`moveTo` is required when `action` is MOVE.' }];
  if (!isMove && moveTo !== undefined) return [{ path: ['moveTo'], message: 'is only for the action MOVE' }];
  if (!isMove || typeof from !== 'string' || typeof moveTo !== 'string') return [];
  if (isExpression(from) || isExpression(moveTo) || !isInside(moveTo, from)) return [];
  return [{ path: ['moveTo'], message: 'must not be inside of `from`: what is moved there would be found again' }];
}

export function isInside(path: string, folder: string): boolean {
  return `${plain(path)}/`.startsWith(plain(folder) === '' ? '' : `${plain(folder)}/`);
}

function plain(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
