/** The real compiler, off the page's own thread, so that typing never waits for it. */
import { compileFlow } from '../../../../worker/src/flow/compile.ts';
import type { CompileAnswer, CompileRequest } from './compiler.ts';

addEventListener('message', ({ data }: MessageEvent<CompileRequest>) => {
  const { diagnostics, id, namespace } = compileFlow(data.source);
  const answer: CompileAnswer = { turn: data.turn, diagnostics, id, namespace };
  postMessage(answer);
});
