/** What triggers that look for something at intervals have in common. */
import * as z from '../zod.ts';
import { CHANGES } from '../schedule/changes.ts';
import { durationText } from '../tasks/properties.ts';

export const interval = durationText().optional().describe('Time between two looks; a minute when absent.');

export const on = z.array(z.enum(CHANGES)).min(1).optional().describe('The changes that count; all when absent.');

export const Change = z.enum(CHANGES).describe('What has happened since the last look.');
