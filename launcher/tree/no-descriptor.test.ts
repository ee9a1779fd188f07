/** A launcher without a free descriptor sees nobody, and takes nobody for gone. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { RunId } from '../../protocol/ids';
import { COOKIE_VARIABLE } from '../core/child-environment';
import { isSeen, lives, readStat } from '../process/identity';
import { ProcessIndex } from './process-index';
import { CgroupTree } from './tree-cgroup';

let isOut = false;
jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof fs>('node:fs');
  const unlessOut =
    <Words extends unknown[], Answer>(look: (...words: Words) => Answer) =>
    (...words: Words): Answer => {
      if (isOut) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
      return look(...words);
    };
  const { openSync, readFileSync, readdirSync } = real;
  return {
    ...real,
    openSync: unlessOut(openSync),
    readFileSync: unlessOut(readFileSync),
    readdirSync: unlessOut(readdirSync),
  };
});

const identityOf = (pid: number): { pid: number; startTicks: number } => {
  const stat = readStat(pid);
  if (stat === null) throw new Error(`nobody of the number ${pid} is to be seen`);
  return { pid: stat.pid, startTicks: stat.startTicks };
};
const own = (): { pid: number; startTicks: number } => identityOf(process.pid);

afterEach(() => (isOut = false));

test('who cannot be looked at may live, and is not signalled', () => {
  const me = own();
  isOut = true;
  expect([lives(me), isSeen(me)]).toEqual([true, false]);
  isOut = false;
  expect([lives(me), isSeen(me)]).toEqual([true, true]);
  const gone = { ...me, startTicks: me.startTicks + 1 };
  expect([lives(gone), isSeen(gone)]).toEqual([false, false]);
});

test('a look at the machine that cannot be had is had later', async () => {
  isOut = true;
  const table = new ProcessIndex().fresh();
  await new Promise((done) => setTimeout(done, 20));
  isOut = false;
  expect((await table).get(process.pid)?.startTicks).toBe(own().startTicks);
});

test('the members of a cgroup that cannot be looked at are who the next look at the machine finds', async () => {
  const run = RunId.parse('1795296872142do3phrwpigr3');
  const env = { PATH: process.env['PATH'], [COOKIE_VARIABLE]: run };
  const sleeper = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env });
  await new Promise((done) => sleeper.once('spawn', done));
  const pid = sleeper.pid ?? 0;
  const path = fs.mkdtempSync(join(tmpdir(), 'procguard-cgroup-'));
  fs.writeFileSync(join(path, 'cgroup.procs'), `${pid}\n`);
  fs.writeFileSync(join(path, 'cgroup.events'), 'populated 1\nfrozen 0\n');
  const root = { run, shim: null, child: identityOf(pid) };
  const tree = new CgroupTree(root, path, new ProcessIndex());
  tree.born(false);
  const pidsOf = async (): Promise<readonly number[]> => (await tree.members(false)).map((member) => member.pid);
  expect(await pidsOf()).toEqual([pid]);
  isOut = true;
  const pids = pidsOf();
  await new Promise((done) => setTimeout(done, 20));
  isOut = false;
  expect(await pids).toEqual([pid]);
  // One that is no more has no members, and one in which nobody is left neither.
  fs.writeFileSync(join(path, 'cgroup.procs'), '');
  expect(await pidsOf()).toEqual([]);
  fs.rmSync(path, { recursive: true });
  expect(await pidsOf()).toEqual([]);
  sleeper.kill('SIGKILL');
});
