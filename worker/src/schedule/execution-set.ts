/** Several executions that must come together: what of the set has been met, and when it is complete.
 *   Results count in the window in which they came; when the set is complete the trigger fires, and the set begins anew
 *   unless it says otherwise, in which case each further execution that fits one of its parts fires again. */
import { windowAt } from './time-window.ts';
import type { TimeWindow, Window } from './time-window.ts';

export interface ExecutionSet {
  /** Names what was met: a new id begins anew. */
  id: string;
  /** Names of its parts. */
  parts: readonly string[];
  /** How many of the parts are enough. */
  needed: number;
  window: TimeWindow;
  resetOnSuccess: boolean;
  /** At most once in a window. */
  fireOnce: boolean;
}

export interface SetState {
  /** Part -> when it was met last. */
  met: Readonly<Record<string, number>>;
  /** When a sliding window opened. */
  openedAt?: number;
  /** The start of the window in which it fired last. */
  firedIn?: number;
}

export const NOTHING_MET: SetState = { met: {} };

/** What still counts at an instant. */
export function currentState(
  set: ExecutionSet,
  state: SetState,
  now: number,
  zone: string,
): SetState & { window: Window } {
  const isOver =
    set.window.type === 'sliding' && state.openedAt !== undefined && now > state.openedAt + set.window.lengthMs;
  const openedAt = isOver ? undefined : state.openedAt;
  const window = windowAt(set.window, now, zone, openedAt);
  const met = Object.fromEntries(
    Object.entries(state.met).filter(
      ([part, at]) => set.parts.includes(part) && at >= window.start && at <= window.end,
    ),
  );
  return {
    met,
    window,
    ...(openedAt !== undefined && { openedAt }),
    ...(state.firedIn !== undefined && { firedIn: state.firedIn }),
  };
}

/** An execution has met some of the parts. */
export function observe(
  set: ExecutionSet,
  state: SetState,
  parts: readonly string[],
  now: number,
  zone: string,
): { state: SetState; fires: boolean } {
  const { window, ...current } = currentState(set, state, now, zone);
  if (parts.length === 0 || now < window.start || now > window.end) return { state: current, fires: false };
  const met = { ...current.met, ...Object.fromEntries(parts.map((part) => [part, now])) };
  const opened: SetState =
    set.window.type === 'sliding' ? { ...current, met, openedAt: current.openedAt ?? now } : { ...current, met };
  const isComplete = Object.keys(met).length >= set.needed;
  if (!isComplete || (set.fireOnce && current.firedIn === window.start)) return { state: opened, fires: false };
  const fired = { ...opened, firedIn: window.start };
  return { state: set.resetOnSuccess ? { met: {}, firedIn: window.start } : fired, fires: true };
}
