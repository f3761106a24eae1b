import * as z from '../zod.ts';
import { dynamic, dynamicBoolean, dynamicTexts } from './properties.ts';

/** Which files of a namespace are put into a task's working directory. */
export function namespaceFiles() {
  return dynamic(
    z.object({
      enabled: dynamicBoolean().default(true).describe('Put files of the namespace into the working directory.'),
      namespaces: dynamicTexts()
        .default([])
        .describe('Namespaces to take files from, later ones win; the own one when empty.'),
      include: dynamicTexts().default([]).describe('Globs of the files to take; all when empty.'),
      exclude: dynamicTexts().default([]).describe('Globs of the files to leave out.'),
      ifExists: dynamic(z.enum(['OVERWRITE', 'SKIP', 'WARN', 'FAIL'])).default('OVERWRITE'),
      folderPerNamespace: dynamicBoolean().default(false).describe('A folder for each namespace.'),
    }),
  ).describe('Files of the namespace that the task needs.');
}
