/** The one line that makes a machine a runner, and starts it. */
export function enrolCommand(origin: string, tenant: string, token: string): string {
  return `npx rondo-runner enroll --url ${origin} --tenant ${tenant} --token ${token} && npx rondo-runner run`;
}
