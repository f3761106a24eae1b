import { getFlow } from '#lib/api/flows.ts';
import { savedOf } from '#lib/flow-editor/flow-draft.svelte.ts';
import { orFailedPage } from '#lib/shell/failed-load.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => {
  const flow = await getFlow(params.tenant, params.namespace, params.flow).catch(orFailedPage);
  return { flow: savedOf(flow, flow.source ?? '') };
};
