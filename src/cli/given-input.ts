/** Whether somebody gives this program input: a pipe or a file. A terminal and /dev/null are none. */
import { fstatSync } from 'node:fs';

const STDIN = 0;

export function isInputGiven(): boolean {
  try {
    const stdin = fstatSync(STDIN);
    return stdin.isFIFO() || stdin.isSocket() || stdin.isFile();
  } catch {
    return false; // it is closed
  }
}
