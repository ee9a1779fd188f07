/**
 * The least a Node process server can be: `start` and `stop` as lines over a unix socket; `started` once spawned,
 * `stopped` once gone. Arguments: the socket's path, then the child's command line.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

const [path = '', file = '', ...words] = process.argv.slice(2);
let child: ChildProcess | null = null;

createServer((connection) => {
  connection.on('data', (data) => {
    if (data.toString() === 'start\n') {
      child = spawn(file, words, { stdio: 'ignore' });
      connection.write('started\n');
    } else {
      child?.once('exit', () => connection.write('stopped\n'));
      child?.kill('SIGTERM');
    }
  });
}).listen(path, () => process.stdout.write('listening\n'));

process.on('SIGTERM', () => {
  child?.kill('SIGKILL');
  process.exit(0);
});
