/** Workers' credentials by command line. `procguard worker` with other words is the launcher still. */
import { identityOf } from '../harness/launcher-words';
import { PROCGUARD, StartedManager } from '../harness/manager';
import { useWorld } from '../harness/world';

const world = useWorld();
/** Somebody on another machine, whom nobody vouched for. */
const STRANGER = identityOf('far', { key: 'wk_of-a-stranger' });

let manager: StartedManager;
beforeEach(async () => {
  manager = await StartedManager.start(world);
});

const cli = async (...words: string[]): Promise<{ code: number | null; output: string }> => {
  const program = world.start([process.execPath, PROCGUARD, ...words], { env: { PROCGUARD_URL: manager.url } });
  const { code } = await program.ended;
  return { code, output: program.output };
};

const knock = async (): Promise<number> => {
  const response = await fetch(`${manager.url}/api/workers/register`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '10.9.9.9' },
    body: JSON.stringify({ worker_id: 'far', launcher: STRANGER }),
  });
  return response.status;
};

test('who waits is shown with its fingerprint, approved by it, and turned away', async () => {
  expect((await cli('approve')).output).toContain('Nobody waits for approval.');
  expect(await knock()).toBe(403);
  const { output } = await cli('approve');
  const fingerprint = /far +((?:[0-9a-f]{4}-){3}[0-9a-f]{4}) +pending/.exec(output)?.[1] ?? '';
  expect(fingerprint).not.toBe('');
  expect((await cli('reject', 'far')).output).toContain(`far (${fingerprint}) is rejected`);
  expect(await knock()).toBe(403);
  expect(await cli('approve', fingerprint, '--labels', 'team=nlp')).toMatchObject({ code: 0 });
  expect(await knock()).toBe(200);
  expect((await manager.worker('far'))?.labels).toEqual({ team: 'nlp' });
  expect(await cli('approve', 'nobody')).toMatchObject({ code: 3 });
});

test('a credential is made, listed, rotated and revoked; a worker is drained', async () => {
  const added = await cli('worker', 'add', 'gpu box', '--worker-id', 'g1', '--labels', 'gpu=a100,zone=eu');
  expect(added.output).toMatch(/WORKER_TOKEN=wt_\S+ \.\/start_worker\.sh --worker-id g1 --manager-url http/);
  expect((await cli('worker', 'ls')).output).toMatch(/g1 +gpu box +offline +token +minted .*gpu=a100,zone=eu/);
  const rotated = await cli('worker', 'rotate', 'g1', '-o', 'name');
  expect(rotated.output).toMatch(/^wt_\S+\n$/);
  expect(added.output).not.toContain(rotated.output.trim());
  expect(await cli('drain', 'g1')).toMatchObject({ code: 3 });
  await knock();
  await cli('approve', 'far');
  await knock();
  expect(await cli('drain', 'far')).toEqual({ code: 0, output: 'far drains: what runs goes on, nothing new comes\n' });
  expect(await cli('undrain', 'far', 'nobody')).toMatchObject({ code: 4 });
  expect(JSON.parse((await cli('drain', 'far', 'nobody', '-o', 'json')).output)).toMatchObject([
    { worker_id: 'far', ok: true, status: 'draining' },
    { worker_id: 'nobody', ok: false, status: null, message: expect.stringContaining('nobody') },
  ]);
  expect((await cli('undrain', 'far', '-o', 'name')).output).toBe('far\n');
  expect(await cli('worker', 'rm', 'g1')).toMatchObject({ code: 0 });
  expect((await cli('worker', 'ls', '-o', 'name')).output).not.toContain('g1');
});
