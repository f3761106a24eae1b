/** Every operation of the API, by method and path: the page to read when one wants to know what there is. A test holds it against
 *  the routes of the running app, both ways. */
import type { Operations } from '../operation.ts';
import { catalogueOperations } from './catalogue.ts';
import { documentOperations } from './documents.ts';
import { executionOperations } from './executions.ts';
import { flowOperations } from './flows.ts';
import { identityOperations } from './identity.ts';
import { namespaceOperations } from './namespaces.ts';
import { runnerOperations } from './runners.ts';
import { terraformOperations } from './terraform.ts';
import { triggerOperations } from './triggers.ts';

export const OPERATIONS: Operations = {
  ...identityOperations,
  ...catalogueOperations,
  ...flowOperations,
  ...executionOperations,
  ...triggerOperations,
  ...namespaceOperations,
  ...documentOperations,
  ...runnerOperations,
  ...terraformOperations,
};
