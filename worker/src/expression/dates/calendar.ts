/** All that dates need beside themselves: loaded together when the first one is read or written. */
import { Temporal } from 'temporal-polyfill';
import { checkedLocale, formatDate } from './format.ts';
import { parseDate, parseIso } from './parse.ts';
import { zoneId } from './zone.ts';

export const CALENDAR = { Temporal, checkedLocale, formatDate, parseDate, parseIso, zoneId };
