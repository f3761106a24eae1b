import { redirect } from '@sveltejs/kit';
import { me } from '#lib/api/identity.ts';
import { isProblem } from '#lib/api/problem.ts';
import { paths } from '#lib/paths.ts';
import { orFailedPage } from '#lib/shell/failed-load.ts';

/** The front door leads to the first tenant, or to the sign-up form. */
export async function load(): Promise<never> {
  const [tenant] = await tenants();
  redirect(307, tenant ? paths.home(tenant.id) : paths.signUp());
}

async function tenants(): Promise<{ id: string }[]> {
  try {
    return (await me()).tenants;
  } catch (error) {
    if (isProblem(error, 401)) return [];
    return orFailedPage(error);
  }
}
