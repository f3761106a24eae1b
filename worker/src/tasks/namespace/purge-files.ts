import * as z from '../../zod.ts';
import { dynamic, dynamicBoolean, dynamicText, dynamicTexts } from '../properties.ts';
import { notAvailableYet } from '../not-available-yet.ts';
import { defineEdgeTask } from '../task.ts';

export const purgeFiles = defineEdgeTask({
  type: 'core.namespace.PurgeFiles',
  title: 'Delete old revisions of files of namespaces',
  input: z.object({
    namespaces: dynamicTexts().optional().describe('The namespaces.'),
    namespacePattern: dynamicText().optional(),
    includeChildNamespaces: dynamicBoolean().optional(),
    filePattern: dynamicText().optional().describe('Glob of the files.'),
    behavior: dynamic(z.record(z.string(), z.unknown())).optional().describe('Which revisions go.'),
  }),
  output: z.object({ size: z.int().describe('How many were deleted.') }),
  examples: [{ title: 'One namespace', yaml: 'namespaces: [company.team]' }],
  run: () => notAvailableYet('core.namespace.PurgeFiles'),
});
