/** The only list of programs. */
import { engine } from './engine.ts';
import { growth } from './growth.ts';
import { language } from './language.ts';
import { open } from './open.ts';
import { profile } from './profile.ts';
import type { Program } from './program.ts';
import { rows } from './rows.ts';

export const programs: Readonly<Record<string, Program>> = { language, engine, open, rows, growth, profile };
