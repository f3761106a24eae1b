import { error, redirect } from '@sveltejs/kit';
import { me } from '#lib/api/identity.ts';
import { isProblem } from '#lib/api/problem.ts';
import { paths } from '#lib/paths.ts';
import { orFailedPage } from '#lib/shell/failed-load.ts';
import type { LayoutLoad } from './$types';

/** Who is here; without a session the sign-in form, which leads back. */
export const load: LayoutLoad = async ({ params, url }) => {
  const who = await me().catch((failure: unknown) => {
    if (isProblem(failure, 401)) redirect(307, paths.signIn(url.pathname + url.search));
    return orFailedPage(failure);
  });
  if (!who.tenants.some(({ id }) => id === params.tenant)) error(404, `You have no tenant named ${params.tenant}.`);
  return { me: who, tenant: params.tenant };
};
