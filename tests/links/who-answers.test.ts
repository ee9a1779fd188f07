/** A launcher was connected, and somebody else is at its manager's address now, or the manager in another manner: it says whom it met. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { startTlsManager } from '../trust/tls/tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;

const listening = async (server: Server, port: number): Promise<void> => {
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  world.afterwards(async () => void server.close());
};

const SAYS_TLS = /http:\S+ answered 400 and is perhaps no ProcGuard manager; check --manager-url \(.* by https:\/\/\)/;
const OTHERS: readonly (readonly [string, RegExp, (port: number) => Promise<unknown>])[] = [
  ['the manager, which speaks TLS now', SAYS_TLS, (port) => startTlsManager(world, { port })],
  [
    'a page',
    /http:\S+ answered 200 and is perhaps no ProcGuard manager; check --manager-url/,
    (port) =>
      listening(
        createHttpServer((_, response) => response.end('<html>')),
        port,
      ),
  ],
  [
    'no HTTP',
    /http:\S+ does not speak HTTP and is perhaps no ProcGuard manager; check --manager-url/,
    (port) =>
      listening(
        createServer((line) => line.end('SSH-2.0-OpenSSH_9.6\r\n')),
        port,
      ),
  ],
  [
    'somebody who hangs up',
    /http:\S+ hung up unanswered and is perhaps no ProcGuard manager; check --manager-url/,
    (port) =>
      listening(
        createServer((line) => line.once('data', () => line.end())),
        port,
      ),
  ],
];

test.each(OTHERS)('%s in its place', async (_, says, takeItsPlace) => {
  const manager = await StartedManager.start(world);
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await until('it to be connected', DEADLINE_MS, () => launcher.program.output.includes('connected to'));
  await manager.program.end();
  await takeItsPlace(manager.port);
  await until('the launcher to say so', DEADLINE_MS, () => says.test(launcher.program.output));
});
