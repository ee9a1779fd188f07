/** `npm run simulate -- --seed N --histories K` (default: 100,000 from seed 1). Exit code 1 when one breaks a promise. */
import { parseArgs } from 'node:util';
import { failureInWords, simulate } from './simulate';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, histories: { type: 'string', default: '100000' } },
});
const startedAt = performance.now();
const { histories, failure } = simulate(Number(values.seed), (done) => done >= Number(values.histories));
const seconds = (performance.now() - startedAt) / 1000;
console.log(`${histories} histories in ${seconds.toFixed(1)} s (${Math.round(histories / seconds)} a second)`);
console.log(failure === null ? 'all held' : `BROKEN\n${failureInWords(failure)}`);
process.exitCode = failure === null ? 0 : 1;
