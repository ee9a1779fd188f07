/** `procguard start`; see control.ts. */
import type { Command } from 'commander';
import { addControl } from '../control';

export const addStart = (program: Command): Command =>
  addControl(program, 'start', 'start processes that are not running');
