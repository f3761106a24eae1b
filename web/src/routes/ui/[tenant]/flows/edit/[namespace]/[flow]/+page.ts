import { error } from '@sveltejs/kit';
import { getFlow } from '#lib/api/flows.ts';
import { ApiProblem } from '#lib/api/problem.ts';
import { savedOf } from '#lib/flow-editor/flow-draft.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => {
  const flow = await getFlow(params.tenant, params.namespace, params.flow).catch((failure: unknown) => {
    if (failure instanceof ApiProblem && failure.problem.status > 0) error(failure.problem.status, failure.message);
    throw failure;
  });
  return { flow: savedOf(flow, flow.source ?? '') };
};
