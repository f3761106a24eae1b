/** Imported for its effect by programs that are loaded as a whole, like the Worker: no rendering waits for a part there. */
import { RE2JS } from 're2js';
import { CALENDAR } from './dates/calendar.ts';
import { HASHES } from './hashes.ts';
import { calendar, hashes, regularExpressions } from './parts.ts';

calendar.provide(CALENDAR);
regularExpressions.provide(RE2JS);
hashes.provide(HASHES);
