/** `procguard disable`; see control.ts. */
import type { Command } from 'commander';
import { addControl } from '../control';

export const addDisable = (program: Command): Command =>
  addControl(program, 'disable', 'stop processes and keep them stopped, whatever would start them')
    .requiredOption('--reason <text>', 'why, for whoever finds it so')
    .option('--until <time>', 'when it ends by itself: 90s, 2h from now, or a date (2026-01-31T12:00:00Z)');
