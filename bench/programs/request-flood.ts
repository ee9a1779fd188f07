/**
 * One request again and again (pipelined.ts), to the workers plain-0 and on in turn. Arguments: port, connections, workers,
 * `METHOD path`, body, further headers as JSON.
 */
import { serveFloods } from './pipelined';

const [port = '', connections = '1', workers = '1', line = '', body = '', headers = '{}'] = process.argv.slice(2);

const requestOf = (worker: number): string =>
  [
    `${line.replace('plain-0', `plain-${worker}`)} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...Object.entries(JSON.parse(headers) as Record<string, string>).map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
    '',
    body,
  ].join('\r\n');

serveFloods({
  port,
  connections: Number(connections),
  requests: Array.from({ length: Number(workers) }, (_, worker) => requestOf(worker)),
});
