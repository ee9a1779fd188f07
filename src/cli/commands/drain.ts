/** `procguard drain`; see drain-words.ts. */
import type { Command } from 'commander';
import { addDrainWord } from '../drain-words';

export const addDrain = (program: Command): Command =>
  addDrainWord(
    program,
    'drain',
    'give workers nothing new; what runs there goes on',
    'drains: what runs goes on, nothing new comes',
  );
