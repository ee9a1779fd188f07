/** `procguard kill`; see control.ts. */
import type { Command } from 'commander';
import { addControl } from '../control';

export const addKill = (program: Command): Command =>
  addControl(program, 'kill', 'stop without grace: SIGKILL to the whole tree');
