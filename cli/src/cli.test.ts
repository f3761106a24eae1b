import { describe, expect, test } from 'vitest';
import { COMMANDS, runCli } from './cli.ts';
import { EXIT } from './exit-codes.ts';
import { testTerminal } from './testing/test-terminal.ts';

describe('the command line', () => {
  test('without a command lists the commands', async () => {
    const terminal = testTerminal();
    expect(await runCli([], terminal)).toBe(EXIT.ok);
    for (const { name } of COMMANDS) expect(terminal.printed.join('\n')).toContain(`  ${name} `);
  });

  test.each(COMMANDS.map(({ name }) => name))('%s --help shows its usage, its options and an example', async (name) => {
    const terminal = testTerminal();
    expect(await runCli([name, '--help'], terminal)).toBe(EXIT.ok);
    const [page = ''] = terminal.printed;
    expect(page).toContain(`Usage: rondo ${name}`);
    expect(page).toContain('--json');
    expect(page).toContain('Examples:');
  });

  test('refuses an unknown command and an unknown option, and says where to look', async () => {
    const terminal = testTerminal();
    expect(await runCli(['frobnicate'], terminal)).toBe(EXIT.error);
    expect(await runCli(['logs', '--frob', 'x'], terminal)).toBe(EXIT.error);
    expect(terminal.noted).toEqual([
      'error: there is no command `frobnicate`',
      '  → rondo --help lists the commands',
      "error: Unknown option '--frob'",
      '  → rondo logs --help lists the options',
    ]);
  });

  test('without a token says how to get one, with its own exit code', async () => {
    const terminal = testTerminal({ env: { XDG_CONFIG_HOME: '/nonexistent' } });
    expect(await runCli(['logs', 'X'], terminal)).toBe(EXIT.authentication);
    expect(terminal.noted).toEqual([
      'error: not logged in',
      '  → run `rondo login`, or set RONDO_URL, RONDO_TENANT and RONDO_TOKEN',
    ]);
  });

  test('evaluates an expression without a server', async () => {
    const terminal = testTerminal();
    expect(
      await runCli(['eval', '{{ name | upper }} {{ n + 1 }}', '--set', 'name=ada', '--set', 'n=41'], terminal),
    ).toBe(EXIT.ok);
    expect(terminal.printed).toEqual(['ADA 42']);
  });

  test('prints a value that is no text as JSON, digit by digit', async () => {
    const terminal = testTerminal({ input: '{"n": 12345678901234567890}' });
    expect(await runCli(['eval', '{{ [n] }}', '--variables', '-'], terminal)).toBe(EXIT.ok);
    expect(terminal.printed).toEqual(['[\n  12345678901234567890\n]']);
  });

  test('names the place of a faulty expression', async () => {
    const terminal = testTerminal();
    expect(await runCli(['eval', 'one\n{{ missing }}'], terminal)).toBe(EXIT.validation);
    expect(terminal.noted[0]).toMatch(/missing.*line 2/);
  });

  test('prints a schema that knows the tasks', async () => {
    const terminal = testTerminal();
    expect(await runCli(['schema'], terminal)).toBe(EXIT.ok);
    expect(JSON.parse(terminal.printed.join(''))).toHaveProperty('definitions.Flow');
    expect(terminal.printed.join('')).toContain('core.log.Log');
  });
});
