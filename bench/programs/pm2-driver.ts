/**
 * PM2's programmatic API as its users call it, one request per line of stdin: `{"call": "start", "argument": {...}}`.
 * Answers `done <ms>`, the monotonic time at which the call was made, or `failed <why>`.
 * Argument: the folder whose node_modules hold pm2.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { monotonicMs } from '../monotonic';

type Done = (error: Error | Error[] | null) => void;
interface Pm2 {
  connect(done: Done): void;
  disconnect(): void;
  start(options: unknown, done: Done): void;
  restart(name: unknown, done: Done): void;
  stop(name: unknown, done: Done): void;
  delete(name: unknown, done: Done): void;
}
type Call = Exclude<keyof Pm2, 'connect' | 'disconnect'>;

const pm2 = createRequire(join(process.argv[2] ?? '', 'index.js'))('pm2') as Pm2;

pm2.connect((error) => {
  const [trouble] = [error].flat();
  if (trouble != null) throw trouble;
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { call, argument } = JSON.parse(line) as { call: Call; argument: unknown };
    const calledMs = monotonicMs();
    const answer: Done = (error) => {
      const [first] = [error].flat();
      console.log(first == null ? `done ${calledMs}` : `failed ${first.message}`);
    };
    pm2[call](argument, answer);
  });
  console.log('connected');
});
