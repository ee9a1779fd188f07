/** `procguard start`; see control.ts. */
import type { Command } from 'commander';
import { asCountOf } from '../context';
import { addControl } from '../control';

export const addStart = (program: Command): Command =>
  addControl(program, 'start', 'start processes that are not running, and what they depend on').option(
    '--rolling <n>',
    'n at a time, each waited for until it is up and ready; the first failure ends it',
    asCountOf('processes at a time'),
  );
