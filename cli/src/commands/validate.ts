import { formatDiagnostic, type Diagnostic } from '../../../worker/src/flow/diagnostic.ts';
import { validateFlow } from '../client/flows.ts';
import { SERVER_OPTIONS, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { FlowDocument } from '../flows/flow-files.ts';
import { connect } from '../settings/connection.ts';
import type { Arguments } from '../command.ts';
import type { Colors, Terminal } from '../terminal.ts';
import { readFlows } from '../tree/read-tree.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'Check flows without deploying them; needs no server',
  usage: 'PATH…',
  options: {
    ...SERVER_OPTIONS,
    server: { type: 'boolean', help: 'ask the server too, which knows its plugin defaults and other flows' },
  },
  examples: ['rondo validate flows/', 'cat hello.yaml | rondo validate -', 'rondo validate flows/ --server --json'],
  async run(args, terminal) {
    const reports = await report(await readFlows(args.positionals, terminal), args, terminal);
    const broken = reports.filter(({ isValid }) => !isValid).length;
    if (args.flag('json')) terminal.out(JSON.stringify(reports, undefined, 2));
    else {
      for (const one of reports) terminal.out(renderReport(one, terminal.colors));
      terminal.out(broken === 0 ? `${reports.length} valid` : `${reports.length - broken} valid, ${broken} not`);
    }
    return broken === 0 ? EXIT.ok : EXIT.validation;
  },
};

interface Report {
  file: string;
  id?: string;
  namespace?: string;
  isValid: boolean;
  diagnostics: Diagnostic[];
  /** What the server holds against it, when it was asked. */
  server?: string;
}

async function report(documents: FlowDocument[], args: Arguments, terminal: Terminal): Promise<Report[]> {
  const client = args.flag('server') ? await connect(args, terminal) : undefined;
  const reports: Report[] = [];
  for (const { file, id, namespace, diagnostics, source, flow } of documents) {
    const server = client === undefined ? undefined : (await validateFlow(client, source)).error;
    reports.push({ file, id, namespace, isValid: flow !== undefined && server === undefined, diagnostics, server });
  }
  return reports;
}

function renderReport({ file, id, namespace, isValid, diagnostics, server }: Report, colors: Colors): string {
  const name = namespace === undefined || id === undefined ? '' : ` ${colors.dim(`${namespace}/${id}`)}`;
  const lines = [`${isValid ? colors.green('✓') : colors.red('✗')} ${file}${name}`];
  for (const diagnostic of diagnostics) lines.push(renderDiagnostic(file, diagnostic, colors));
  if (server !== undefined) lines.push(`  ${colors.red('server')} ${server}`);
  return lines.join('\n');
}

/** `flows/hello.yaml:4:5`, which editors and terminals make a link of. */
function renderDiagnostic(file: string, diagnostic: Diagnostic, colors: Colors): string {
  const { line, column, severity, code, suggestion, message } = diagnostic;
  const paint = severity === 'error' ? colors.red : severity === 'info' ? colors.blue : colors.yellow;
  // Some messages say it themselves.
  const hint = suggestion === undefined || message.includes(suggestion) ? '' : `. Did you mean "${suggestion}"?`;
  return `  ${file}:${line}:${column} ${paint(severity)} ${formatDiagnostic(diagnostic)}${hint} ${colors.dim(code)}`;
}
