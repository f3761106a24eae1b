/** The one line that makes a machine a runner, and starts it. The program comes from the server itself. */
export function enrolCommand(origin: string, tenant: string, token: string): string {
  return [
    `curl -fsSO ${origin}/rondo-runner.mjs`,
    `node rondo-runner.mjs enroll --url ${origin} --tenant ${tenant} --token ${token}`,
    'node rondo-runner.mjs run --allow-process',
  ].join(' && ');
}
