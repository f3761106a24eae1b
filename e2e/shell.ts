/** The command line as a person uses it, against one server. */
import { runCli } from '../cli/src/cli.ts';
import type { Connection } from '../cli/src/client/client.ts';
import { testTerminal } from '../cli/src/testing/test-terminal.ts';

export interface Answer {
  exitCode: number;
  out: string;
  notes: string;
}

export function shellOf(
  { url, tenant, token }: Connection,
  variables: Record<string, string> = {},
): (argv: string[], input?: string) => Promise<Answer> {
  const env = {
    ...variables,
    RONDO_URL: url,
    RONDO_TENANT: tenant,
    RONDO_TOKEN: token,
    XDG_CONFIG_HOME: '/nonexistent',
  };
  return async (argv, input) => {
    const terminal = testTerminal({ env, cwd: process.cwd(), input });
    const exitCode = await runCli(argv, terminal);
    return { exitCode, out: terminal.printed.join('\n'), notes: terminal.noted.join('\n') };
  };
}
