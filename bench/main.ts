/** `npm run bench -- [program…] [--rounds 5]`: runs programs that measure, and prints a JSON line for each figure. */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { programs } from './programs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, help: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(programs, name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`There is no program ${unknown.join(', ')}.\n`);
  for (const [name, { title }] of Object.entries(programs)) process.stderr.write(`${name.padEnd(12)} ${title}\n`);
  process.exitCode = unknown.length > 0 ? 1 : 0;
} else {
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  for (const [name, program] of Object.entries(programs)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    await program.run({
      rounds: Number(values.rounds),
      print: (figure) => print({ program: name, ...figure, load: Number((loadavg()[0] ?? 0).toFixed(1)) }),
      say: (text) => void process.stderr.write(`${text}\n`),
    });
  }
}
