/** One request again and again (pipelined.ts). Arguments: port, connections, `METHOD path`, body, further headers as JSON. */
import { serveFloods } from './pipelined';

const [port = '', connections = '1', line = '', body = '', headers = '{}'] = process.argv.slice(2);

serveFloods({
  port,
  connections: Number(connections),
  requests: [
    [
      `${line} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      ...Object.entries(JSON.parse(headers) as Record<string, string>).map(([name, value]) => `${name}: ${value}`),
      ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
      '',
      body,
    ].join('\r\n'),
  ],
});
