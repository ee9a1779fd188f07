/** Uploads a file once per line of stdin and says how long each took: `took <ms>`. Arguments: port, file. */
import { createReadStream, statSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { monotonicMs } from '../monotonic';

const [port = '', path = ''] = process.argv.slice(2);
const READ_BYTES = 1024 * 1024;

createInterface({ input: process.stdin }).on('line', () => {
  const startedMs = monotonicMs();
  const asked = request({
    host: '127.0.0.1',
    port: Number(port),
    method: 'POST',
    headers: { 'content-length': statSync(path).size },
  });
  asked.on('response', (response) => {
    response.resume();
    response.on('end', () => console.log(`took ${monotonicMs() - startedMs}`));
  });
  void pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), asked);
});
console.log('ready');
