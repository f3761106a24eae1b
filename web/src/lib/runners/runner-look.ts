/** How a runner's state looks: colour, icon and word, like every state. */
import type { Component } from 'svelte';
import type { RunnerState } from '../../../../worker/src/protocol/runner.ts';
import type { Tone } from '../state/state-look.ts';
import { Ban, CircleCheck, CirclePause, CircleSlash, Clock, LoaderCircle, TriangleAlert } from '../ui/icons.ts';

export interface RunnerLook {
  tone: Tone;
  word: string;
  icon: Component<{ size?: number | string; strokeWidth?: number | string }>;
}

export const RUNNER_LOOKS: Record<RunnerState, RunnerLook> = {
  online: { tone: 'green', word: 'Online', icon: CircleCheck },
  busy: { tone: 'purple', word: 'Busy', icon: LoaderCircle },
  draining: { tone: 'orange', word: 'Draining', icon: Clock },
  paused: { tone: 'grey', word: 'Paused', icon: CirclePause },
  offline: { tone: 'grey', word: 'Offline', icon: CircleSlash },
  outdated: { tone: 'orange', word: 'Outdated', icon: TriangleAlert },
  'clone-suspect': { tone: 'red', word: 'Copied key?', icon: Ban },
};
