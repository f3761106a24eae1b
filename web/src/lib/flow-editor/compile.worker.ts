/** The real compiler, off the page's own thread, so that typing never waits for it. */
import { compileFlow } from '../../../../worker/src/flow/compile.ts';
import { regularExpressions } from '../../../../worker/src/expression/parts.ts';
import type { CompileAnswer, CompileRequest } from './compiler.ts';

addEventListener('message', async ({ data }: MessageEvent<CompileRequest>) => {
  // Patterns of inputs are checked by RE2, which is loaded for the flows that have some.
  if (data.source.includes('validator:')) await regularExpressions.load();
  const { diagnostics, id, namespace } = compileFlow(data.source);
  const answer: CompileAnswer = { turn: data.turn, diagnostics, id, namespace };
  postMessage(answer);
});
