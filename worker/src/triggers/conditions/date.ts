import { dynamicText } from '../../tasks/properties.ts';

/** The date that a condition looks at. */
export const date = dynamicText().optional().describe('The date to look at; that of the trigger when absent.');

export const DAYS_OF_WEEK = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
