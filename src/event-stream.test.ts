/** Readers that stand still, on real sockets: what is said behind the end harms nobody, and what they leave unread is bounded. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { EventStream } from './event-stream';

const UNREAD = 'x'.repeat(64 * 1024);

/** @param act with the answer to a reader that never reads */
async function withIdleReader(act: (response: ServerResponse, reader: Socket) => Promise<void>): Promise<void> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  reader.on('error', () => {});
  reader.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  try {
    await act(response, reader);
  } finally {
    reader.destroy();
    server.close();
  }
}

test('one that leaves more than a mebibyte unread is cut off', () =>
  withIdleReader(async (response) => {
    const stream = new EventStream(response);
    const closed = once(response, 'close');
    while (!response.destroyed) stream.say('job.status', UNREAD);
    await closed;
    stream.say('job.status', {});
  }));

test('what is said behind the end of one that stands still is dropped', () =>
  withIdleReader(async (response, reader) => {
    const stream = new EventStream(response);
    // More than the kernel takes, less than what it is cut off for.
    while (response.writableLength === 0) stream.write(UNREAD);
    stream.end();
    stream.write(': ping\n\n');
    stream.say('job.status', {});
    stream.end();
    expect(response.destroyed).toBe(false);
    const closed = once(response, 'close');
    reader.destroy();
    await closed;
  }));

test('one event that is longer than a mebibyte reaches who reads', () =>
  withIdleReader(async (response, reader) => {
    const long = 'x'.repeat(8 * 2 ** 20);
    let read = 0;
    reader.on('data', (bytes: Buffer) => (read += bytes.length));
    const over = once(reader, 'close');
    reader.resume();
    response.setHeader('Connection', 'close');
    const stream = new EventStream(response);
    stream.say('job.assigned', long);
    stream.end();
    await over;
    expect(read).toBeGreaterThan(long.length);
  }));
