/** `procguard restart`; see control.ts. */
import type { Command } from 'commander';
import { asCountOf } from '../context';
import { addControl } from '../control';

export const addRestart = (program: Command): Command =>
  addControl(program, 'restart', 'stop, then start; dependents go down first and come up last').option(
    '--rolling <n>',
    'n at a time, each waited for until it is up and ready; the first failure ends it',
    asCountOf('processes at a time'),
  );
