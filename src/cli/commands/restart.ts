/** `procguard restart`; see control.ts. */
import type { Command } from 'commander';
import { addControl } from '../control';

export const addRestart = (program: Command): Command => addControl(program, 'restart', 'stop, then start');
