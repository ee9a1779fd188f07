/** The join line of a manager with an authority of its own: pinned from the first byte that is run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MintedToken } from '../../protocol/trust-http';
import { testHost, type TestHost } from '../harness/network';
import { quietPort } from '../harness/quiet-port';
import { useWorld } from '../harness/world';
import { testElsewhere } from './elsewhere';
import { JoiningMachine } from './joining-machine';
import { cli, startTlsManager, type TlsManager } from './tls/tls-here';

const world = useWorld();

async function tlsElsewhere(
  number: number,
): Promise<{ host: TestHost; manager: TlsManager; minted: MintedToken; url: string }> {
  const host = testHost(number);
  world.afterwards(async () => host.close());
  const port = await quietPort();
  const url = `https://${host.ourAddress}:${port}`;
  const env = { PROCGUARD_WEB_PUBLIC_URL: url };
  const manager = await startTlsManager(world, { port, env, flags: ['--ssl', '--host', '0.0.0.0'] });
  const { out } = await cli('--url', manager.url, '--ca', manager.caFile, 'join-token', '-o', 'json');
  return { host, manager, minted: JSON.parse(out) as MintedToken, url };
}

testElsewhere('the join line over TLS')('the line joins, and everything that it fetches is pinned', async () => {
  const { host, manager, minted, url } = await tlsElsewhere(41);
  const machine = new JoiningMachine(world, host.on);
  expect(minted.join_command).toContain(`--cacert procguard-ca.pem ${url}/join`);
  const joined = await machine.type(`${minted.join_command} --worker-id w2 --command "sleep 1000"`);
  expect(joined).toMatchObject({
    code: 0,
    output: expect.stringContaining(`connected to ${url}`) as string,
  });
  expect(readFileSync(join(machine.home, 'joined/w2/run'), 'utf8')).toContain(
    `'--ca-fingerprint' '${manager.fingerprint}'`,
  );
});

testElsewhere('somebody between over TLS')('another authority is refused before anything of it is run', async () => {
  const { host, minted, url } = await tlsElsewhere(42);
  const impostor = await startTlsManager(world, { flags: ['--ssl', '--host', '0.0.0.0'] });
  const elsewhere = `https://${host.ourAddress}:${impostor.port}`;
  const machine = new JoiningMachine(world, host.on);
  const line = (minted.join_command ?? '').replaceAll(url, elsewhere);
  const refused = await machine.type(`${line} --worker-id w2`);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('procguard-ca.pem: FAILED');
  expect(machine.installed()).toEqual([]);

  // The authority was fetched before, from the right one: then it is curl that finds out.
  const first = `${(minted.join_command ?? '').split(' && ').slice(0, 2).join(' && ')} && `;
  const swapped = await machine.type(`${first}curl -fsSL --cacert procguard-ca.pem ${elsewhere}/join | sh`);
  expect(swapped.output).toContain('certificate');
  expect(machine.installed()).toEqual([]);
});

testElsewhere('a wrong fingerprint')('the script holds the bundle to the fingerprint, too', async () => {
  const { host, minted } = await tlsElsewhere(43);
  const machine = new JoiningMachine(world, host.on);
  const wrong = (minted.join_command ?? '').replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`);
  const refused = await machine.type(`${wrong} --worker-id w2`);
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      /its certificate authority is sha256:[0-9a-f]{64}, and not the .*Nothing was installed/,
    ) as string,
  });
  expect(machine.installed()).toEqual([]);
});
