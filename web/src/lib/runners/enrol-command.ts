/** The one line that makes a machine a runner. */
export function enrolCommand(origin: string, tenant: string, token: string): string {
  return `npx rondo-runner --url ${origin} --tenant ${tenant} --token ${token}`;
}
