/** How a state looks: always a colour, an icon and a word together. The colours follow Kestra's map. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  CircleStop,
  CircleX,
  Clock,
  CornerDownRight,
  ListOrdered,
  LoaderCircle,
  RotateCcw,
  TriangleAlert,
} from '../ui/icons.ts';
import type { Component } from 'svelte';
import type { State } from '../../../../worker/src/protocol/states.ts';

export type Tone = 'blue' | 'purple' | 'green' | 'orange' | 'red' | 'yellow' | 'grey';

export interface StateLook {
  tone: Tone;
  word: string;
  icon: Component<{ size?: number | string; class?: string; strokeWidth?: number | string }>;
  /** The icon turns while the state lasts. */
  turning?: boolean;
}

const LOOKS: Record<State, StateLook> = {
  CREATED: { tone: 'blue', word: 'Created', icon: CircleDashed },
  SUBMITTED: { tone: 'blue', word: 'Submitted', icon: Clock },
  QUEUED: { tone: 'grey', word: 'Queued', icon: ListOrdered },
  RUNNING: { tone: 'purple', word: 'Running', icon: LoaderCircle, turning: true },
  PAUSED: { tone: 'grey', word: 'Paused', icon: CirclePause },
  BREAKPOINT: { tone: 'grey', word: 'Breakpoint', icon: CircleStop },
  RESTARTED: { tone: 'blue', word: 'Restarted', icon: RotateCcw },
  RESUBMITTED: { tone: 'blue', word: 'Resubmitted', icon: RotateCcw },
  RETRYING: { tone: 'grey', word: 'Retrying', icon: RotateCcw },
  RETRIED: { tone: 'grey', word: 'Retried', icon: RotateCcw },
  KILLING: { tone: 'yellow', word: 'Killing', icon: LoaderCircle, turning: true },
  KILLED: { tone: 'yellow', word: 'Killed', icon: Ban },
  SUCCESS: { tone: 'green', word: 'Success', icon: CircleCheck },
  WARNING: { tone: 'orange', word: 'Warning', icon: TriangleAlert },
  FAILED: { tone: 'red', word: 'Failed', icon: CircleX },
  CANCELLED: { tone: 'grey', word: 'Cancelled', icon: CircleSlash },
  SKIPPED: { tone: 'grey', word: 'Skipped', icon: CornerDownRight },
};

/** A state that this page does not know yet is shown by its own name. */
export function lookOf(state: State): StateLook {
  return LOOKS[state] ?? { tone: 'grey', word: state, icon: CircleDashed };
}
