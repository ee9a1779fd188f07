/** `procguard stop`; see control.ts. */
import type { Command } from 'commander';
import { addControl } from '../control';

export const addStop = (program: Command): Command =>
  addControl(program, 'stop', 'stop processes, whole tree, and show the proof');
