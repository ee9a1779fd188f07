/** Spawning from Node with nothing around it. A line `<count> <at once> <file>` on stdin: `done <ms>`. */
import { createInterface } from 'node:readline';
import { monotonicMs } from '../monotonic';
import { perform } from '../queues/drive';

createInterface({ input: process.stdin }).on('line', (line) => {
  const [count = '0', atOnce = '1', file = ''] = line.split(' ');
  let left = Number(count);
  const lane = async (): Promise<void> => {
    while (left-- > 0) await perform({ command: [file] });
  };
  const startedMs = monotonicMs();
  void Promise.all(Array.from({ length: Number(atOnce) }, lane)).then(() =>
    console.log(`done ${monotonicMs() - startedMs}`),
  );
});
console.log('ready');
