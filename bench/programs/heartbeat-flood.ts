/** Plain heartbeats as fast as a server takes them (pipelined.ts). Arguments: port, workers, connections. */
import { serveFloods } from './pipelined';

const [port = '', workers = '1', connections = '1'] = process.argv.slice(2);

/** The original client's body: its config_hash is a 128-bit number. */
const body = JSON.stringify({ status: 'running', pid: 4711, restart_count: 0 }).replace(
  '}',
  ',"config_hash":212356413485413651235412368741236548961}',
);

const requestOf = (number: number): string =>
  [
    `POST /api/workers/plain-${number}/heartbeat HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `X-Worker-ID: plain-${number}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

serveFloods({
  port,
  connections: Number(connections),
  requests: Array.from({ length: Number(workers) }, (_, number) => requestOf(number)),
});
