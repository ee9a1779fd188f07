/** The least a Node log store can be: an HTTP body into a file, answered when the file has all of it. Argument: the file. */
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

const [path = ''] = process.argv.slice(2);

const server = createServer((request, response) => {
  void pipeline(request, createWriteStream(path)).then(() => response.end());
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
