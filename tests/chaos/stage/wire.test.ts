/** The wire does what wires do, and nothing that TCP would not let through. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { until } from '../../harness/until';
import { Wire } from './wire';

test('what is sent when a slow wire is well again comes behind what is still on it', async () => {
  let heard = '';
  const manager = createServer((socket) =>
    socket.on('data', (bytes) => (heard += bytes.toString())).on('end', () => socket.end()),
  );
  manager.listen(0, '127.0.0.1');
  await once(manager, 'listening');
  const wire = await Wire.open((manager.address() as AddressInfo).port);
  const launcher = connect(wire.port, '127.0.0.1').setNoDelay(true);
  try {
    launcher.write('joined ');
    await until('the way to be open', 30_000, () => heard === 'joined ');
    wire.trouble('slow');
    launcher.write('before ');
    const { silences } = wire;
    await until('it to be under way', 30_000, () => wire.silences[0]?.fromMs !== silences[0]?.fromMs);
    wire.heal();
    launcher.end('after');
    await once(launcher.resume(), 'end');
    expect(heard).toBe('joined before after');
  } finally {
    launcher.destroy();
    wire.close();
    manager.close();
  }
});
