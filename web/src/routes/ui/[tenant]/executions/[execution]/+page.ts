import { redirect } from '@sveltejs/kit';
import { getExecution } from '#lib/api/executions.ts';
import { orFailedPage } from '#lib/shell/failed-load.ts';
import { paths } from '#lib/paths.ts';
import type { PageLoad } from './$types';

/** A link that knows only the id of an execution leads to its full address. */
export const load: PageLoad = async ({ params }) => {
  const { namespace, flowId, id } = await getExecution(params.tenant, params.execution).catch(orFailedPage);
  redirect(307, paths.execution(params.tenant, namespace, flowId, id));
};
