/** Which actions make sense in which state; the API has the last word. */
import { isTerminalState, type State } from '../../../../worker/src/protocol/states.ts';

export type ActionName = 'kill' | 'pause' | 'resume' | 'restart' | 'replay';

export function actionsFor(state: State): readonly ActionName[] {
  if (state === 'PAUSED' || state === 'BREAKPOINT') return ['resume', 'kill'];
  if (state === 'KILLING') return [];
  if (state === 'FAILED' || state === 'WARNING') return ['restart', 'replay'];
  if (isTerminalState(state)) return ['replay'];
  if (state === 'RUNNING') return ['pause', 'kill'];
  return ['kill'];
}
