import * as z from '../zod.ts';
import { dynamicText, dynamicTexts } from '../tasks/properties.ts';
import { Change, interval, on } from './polling.ts';
import { defineTrigger } from './trigger.ts';

export const NamespaceFilesTriggerInput = z.object({
  namespace: dynamicText().optional().describe('Namespace of the files; the own one when absent.'),
  files: dynamicTexts().optional().describe('Globs of the files to watch, like `sql/*.sql`; all when absent.'),
  on,
  interval,
});

export const namespaceFilesTrigger = defineTrigger({
  kind: 'polling',
  type: 'core.namespace.Trigger',
  title: 'Start an execution when files of a namespace change',
  description:
    'One execution for all changes since the last look. What is there at the first look is no change; a file that is written again with the same content is none either.',
  input: NamespaceFilesTriggerInput,
  output: z.object({
    namespace: z.string(),
    changes: z.array(z.object({ path: z.string(), change: Change, uri: z.string() })),
  }),
  examples: [{ title: 'When a query is edited', yaml: 'files: ["sql/**.sql"]\non: [CREATED, UPDATED]' }],
});
