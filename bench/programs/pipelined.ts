/**
 * Ready-made requests as fast as a server takes them: keep-alive connections, several under way on each, so that the
 * program that sends them is never the limit. A line `beat <n>` on stdin sends n in all: `done <ms> <sent>`. Any answer
 * that is not a 200 ends the program.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { monotonicMs } from '../monotonic';

/** Requests under way on one connection. */
const DEPTH = 16;
const OK = 'HTTP/1.1 200 ';

export interface Flood {
  readonly port: string;
  readonly connections: number;
  /** Each is sent in turn. */
  readonly requests: readonly string[];
}

export function serveFloods({ port, connections, requests }: Flood): void {
  const batches = requests.map((_, first) =>
    Buffer.from(Array.from({ length: DEPTH }, (_, index) => requests[(first + index) % requests.length]).join('')),
  );
  const round = async (wanted: number): Promise<void> => {
    // Anew for each round: a connection that waits for its turn too long is closed by the server.
    const sockets = Array.from({ length: connections }, () => connect(Number(port), '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const batchCount = Math.ceil(wanted / (sockets.length * DEPTH));
    const startedMs = monotonicMs();
    await Promise.all(sockets.map((socket, lane) => flood(socket, batches, lane, batchCount)));
    console.log(`done ${monotonicMs() - startedMs} ${batchCount * sockets.length * DEPTH}`);
    for (const socket of sockets) socket.destroy();
  };
  createInterface({ input: process.stdin }).on('line', (line) => void round(Number(line.split(' ')[1])));
  console.log('ready');
}

/** One batch after the other; the next goes out when the last is answered whole. */
async function flood(socket: Socket, batches: readonly Buffer[], lane: number, batchCount: number): Promise<void> {
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
      answered = answers.split('HTTP/1.1 ').length - 1;
    }
    if (answers.split(OK).length - 1 !== DEPTH) throw new Error(`not all were 200: ${answers}`);
  }
}
