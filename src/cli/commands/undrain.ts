/** `procguard undrain`; see drain-words.ts. */
import type { Command } from 'commander';
import { addDrainWord } from '../drain-words';

export const addUndrain = (program: Command): Command =>
  addDrainWord(program, 'undrain', 'let drained workers take work again', 'takes work again');
