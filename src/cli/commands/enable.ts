/** `procguard enable`; see control.ts. */
import type { Command } from 'commander';
import { addControl } from '../control';

export const addEnable = (program: Command): Command =>
  addControl(program, 'enable', 'let disabled processes run again; those that were wanted start');
