/**
 * Plain heartbeats as fast as a server takes them: keep-alive connections, several requests under way on each, written
 * as ready-made bytes so that this program is never the limit. Arguments: port, workers, connections. A line `beat <n>`
 * on stdin sends n in all: `done <ms>`. Any answer that is not a 200 ends the program.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { monotonicMs } from '../monotonic';

const [port = '', workers = '1', connections = '1'] = process.argv.slice(2);
/** Requests under way on one connection. */
const DEPTH = 16;
const OK = 'HTTP/1.1 200 ';

/** The original client's body: its config_hash is a 128-bit number. */
const body = JSON.stringify({ status: 'running', pid: 4711, restart_count: 0 }).replace(
  '}',
  ',"config_hash":212356413485413651235412368741236548961}',
);

const requestOf = (number: number): string =>
  [
    `POST /api/workers/plain-${number % Number(workers)}/heartbeat HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `X-Worker-ID: plain-${number % Number(workers)}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
const batches = Array.from({ length: Number(workers) }, (_, first) =>
  Buffer.from(Array.from({ length: DEPTH }, (_, index) => requestOf(first + index)).join('')),
);

/** One batch after the other; the next goes out when the last is answered whole. */
async function flood(socket: Socket, lane: number, batchCount: number): Promise<void> {
  for (let sent = 0; sent < batchCount; sent++) {
    socket.write(batches[(lane + sent * 7) % batches.length] ?? Buffer.alloc(0));
    let answers = '';
    let answered = 0;
    while (answered < DEPTH) {
      answers += await new Promise<string>((resolve, reject) => {
        socket.once('data', (data: Buffer) => resolve(data.toString('latin1')));
        socket.once('close', () => reject(new Error('the server closed the connection')));
      });
      socket.removeAllListeners('close');
      answered = answers.split(OK).length - 1;
    }
    if (answers.split('HTTP/1.1 ').length - 1 !== DEPTH) throw new Error(`not all were 200: ${answers}`);
  }
}

async function main(): Promise<void> {
  const sockets = Array.from({ length: Number(connections) }, () => connect(Number(port), '127.0.0.1'));
  createInterface({ input: process.stdin }).on('line', (line) => {
    const batchCount = Math.ceil(Number(line.split(' ')[1]) / (sockets.length * DEPTH));
    const startedMs = monotonicMs();
    void Promise.all(sockets.map((socket, lane) => flood(socket, lane, batchCount))).then(() =>
      console.log(`done ${monotonicMs() - startedMs} ${batchCount * sockets.length * DEPTH}`),
    );
  });
  console.log('ready');
}

void main();
