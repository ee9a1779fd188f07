/** Writes lines that hold the monotonic time of their writing, in ms. Arguments: how many, and how far apart in ms. */
import { writeSync } from 'node:fs';
import { monotonicMs } from '../monotonic';

const [count = 0, everyMs = 0] = process.argv.slice(2).map(Number);
let written = 0;
const timer = setInterval(() => {
  writeSync(1, `${monotonicMs()}\n`);
  if (++written === count) clearInterval(timer);
}, everyMs);
