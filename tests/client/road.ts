/** The way to a manager: counts the jobs of each request, and may lose answers together with their connection. */
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Road {
  readonly url: string;
  /** How many jobs came with each submission, in order. */
  readonly submissions: number[];
  /** So many of the next answers do not arrive. */
  lose: number;
  close(): Promise<void>;
}

export async function roadTo(manager: string): Promise<Road> {
  const server = createServer((asked, answer) => {
    void textOf(asked).then((body) => {
      if (asked.method === 'POST' && asked.url === '/api/jobs') road.submissions.push(jobsIn(body));
      const further = request(manager + asked.url, { method: asked.method, headers: asked.headers }, (response) => {
        if (road.lose > 0) {
          road.lose -= 1;
          response.resume().on('end', () => asked.socket.destroy());
          return;
        }
        answer.writeHead(response.statusCode ?? 0, response.headers);
        response.pipe(answer);
      });
      further.end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const road: Road = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    submissions: [],
    lose: 0,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return road;
}

const jobsIn = (body: string): number => (JSON.parse(body) as { jobs?: unknown[] }).jobs?.length ?? 1;

async function textOf(asked: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of asked.setEncoding('utf8')) text += piece as string;
  return text;
}
