/** A manager that the network reaches, and another host in it. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartedManager } from '../harness/manager';
import { testHost, whyNoTestHosts, type TestHost } from '../harness/network';
import { quietPort } from '../harness/quiet-port';
import { until } from '../harness/until';
import type { World } from '../harness/world';
import type { Answers, Knocks } from './knock';

/** `test`, or where there can be no other host, a skip that is said. */
export function testElsewhere(what: string): typeof test | typeof test.skip {
  const why = whyNoTestHosts();
  if (why !== null) console.warn(`SKIPPED: ${what}: ${why}`);
  return why === null ? test : test.skip;
}

export interface Elsewhere {
  readonly host: TestHost;
  readonly manager: StartedManager;
  /** Of the manager, as the other host reaches it. */
  readonly url: string;
  knock(knocks: Partial<Knocks>): Promise<Answers>;
}

export interface Setup {
  readonly env?: Readonly<Record<string, string>>;
  /** `web.public_url` is its address on the other host's network: what it writes for others names that one. */
  readonly isNamed?: true;
  readonly ssl?: true;
}

/** One line, whole. */
const ANSWERS = /^\{"http".*(?=\n)/m;

/** @param number of the host: 1..250, one for each test that may run beside others */
export async function elsewhere(world: World, number: number, setup: Setup = {}): Promise<Elsewhere> {
  const { env = {}, isNamed, ssl } = setup;
  const host = testHost(number);
  world.afterwards(async () => host.close());
  const port = await quietPort();
  const url = `${ssl === undefined ? 'http' : 'https'}://${host.ourAddress}:${port}`;
  const name = isNamed === undefined ? {} : { PROCGUARD_WEB_PUBLIC_URL: url };
  const manager = await StartedManager.start(world, { host: '0.0.0.0', port, env: { ...name, ...env } });
  return {
    host,
    manager,
    url,
    knock: async ({ http = [], sockets = [] }) => {
      const program = [process.execPath, '--import', 'tsx', resolve('tests/trust/knock.ts')];
      // By a file: one argument of a program holds 128 KiB.
      const knocks = join(world.directory(), 'knocks.json');
      writeFileSync(knocks, JSON.stringify({ http, sockets }));
      const knocking = world.start([...host.on, ...program, url, knocks]);
      await knocking.ended;
      // Its end may be known before the last of its output was read.
      const answers = await until('what came of knocking', 60_000, () => ANSWERS.exec(knocking.output)?.[0]);
      return JSON.parse(answers) as Answers;
    },
  };
}
