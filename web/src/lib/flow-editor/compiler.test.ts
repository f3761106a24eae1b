import { expect, test } from 'vitest';
import { Compiler, type CompileAnswer, type CompilePort, type CompileRequest } from './compiler.ts';

class Port implements CompilePort {
  asked: string[] = [];
  onmessage: CompilePort['onmessage'] = null;
  #turn = 0;

  postMessage({ turn, source }: CompileRequest): void {
    this.#turn = turn;
    this.asked.push(source);
  }

  answer(): void {
    this.onmessage?.({ data: { turn: this.#turn, diagnostics: [], id: this.asked.at(-1) } });
  }

  terminate(): void {}
}

test('only the newest of the texts that queue up is checked, and only its answer is told', () => {
  const port = new Port();
  const answers: CompileAnswer[] = [];
  const compiler = new Compiler(port, (answer) => answers.push(answer));
  for (const source of ['a', 'ab', 'abc']) compiler.check(source);
  expect(port.asked).toEqual(['a']);
  port.answer();
  expect(port.asked).toEqual(['a', 'abc']);
  expect(answers).toEqual([]);
  port.answer();
  expect(answers.map(({ id }) => id)).toEqual(['abc']);
});
