/** Imported for its effect by programs that are loaded as a whole, like the Worker: no rendering waits for a part there. */
import { RE2JS } from 're2js';
import { Temporal } from 'temporal-polyfill';
import { HASHES } from './hashes.ts';
import { calendar, hashes, regularExpressions } from './parts.ts';

calendar.provide(Temporal);
regularExpressions.provide(RE2JS);
hashes.provide(HASHES);
