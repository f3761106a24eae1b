#!/usr/bin/env node
import { runCli } from './cli.ts';
import { processTerminal } from './terminal.ts';

// The reader of a pipe may have seen enough (`rondo logs … | head`): nothing is left to do, and nothing went wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), processTerminal());
