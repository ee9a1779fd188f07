/** Who may give tasks: found out from the kernel, with programs of real users. */
import { peerIn } from '../../../launcher/local-api/peer-user';
import { useWorld } from '../../harness/world';
import { startAgent, type Agent } from './agent';

const world = useWorld();
/** Takes root: it becomes other users. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;

async function asks(agent: Agent, uid: string): Promise<{ code: number; message: string }> {
  const words = ['curl', '-s', `http://127.0.0.1:${agent.port}/api/tasks`, '-d', '{"command": "id -u"}'];
  const program = world.start(['setpriv', '--reuid', uid, '--clear-groups', '--', ...words], { cwd: '/' });
  await program.ended;
  return JSON.parse(program.output) as { code: number; message: string };
}

asRoot(
  'another user is refused, unless the owner names that one',
  async () => {
    const agent = await startAgent(world);
    expect(await asks(agent, '65534')).toMatchObject({ code: 403, message: expect.stringContaining('65534') });
    expect(await asks(agent, '0')).toMatchObject({ code: 0 });
    await agent.program.end('SIGTERM');
    const second = await agent.again(['--local-api-users', 'nobody']);
    expect(await asks(second, '65534')).toMatchObject({ code: 0 });
    expect(await asks(second, '65533')).toMatchObject({ code: 403 });
    await second.program.end('SIGTERM');
    const third = await second.again(['--local-api-users', 'all']);
    expect(await asks(third, '65533')).toMatchObject({ code: 0 });
  },
  90_000,
);

test('a socket that its program has let go of is nobody’s, and not root’s', () => {
  const row = (uid: string, inode: string) =>
    `  sl  local_address rem_address   st\n   1: 0100007F:8F83 0100007F:1F9A 01 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0000\n`;
  const found = (list: string) => peerIn(list, '0100007F:8F83', '1F9A');
  expect(found(row('1000', '77'))).toEqual({ kind: 'user', uid: 1000 });
  expect(found(row('0', '0'))).toEqual({ kind: 'nobody' });
  expect(found('')).toEqual({ kind: 'nobody' });
});
