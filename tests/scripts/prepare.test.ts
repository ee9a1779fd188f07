/** scripts/prepare.sh in a repository of its own, with an `npm` that writes down what it was asked. */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useWorld } from '../harness/world';

const PREPARE = join(__dirname, '../../scripts/prepare.sh');
const world = useWorld();
jest.setTimeout(180_000);
let home: string;

beforeEach(() => {
  home = world.directory();
  for (const room of ['scripts', 'src', 'launcher', 'protocol', 'web', 'programs']) mkdirSync(join(home, room));
  cpSync(PREPARE, join(home, 'scripts/prepare.sh'));
  for (const file of ['scripts/build.ts', 'scripts/bundle.ts', 'package.json', 'src/a.ts'])
    writeFileSync(join(home, file), '');
  writeFileSync(join(home, 'package-lock.json'), 'one');
  program(
    'npm',
    `echo "$*" >>asked
     case $1 in
       ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
       run) mkdir -p dist && touch dist/.built ;;
     esac`,
  );
});

function program(name: string, script: string): void {
  const file = join(home, 'programs', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const PATH = `${process.env['PATH'] ?? ''}`;
function prepare(): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${join(home, 'programs')}:${PATH}` };
    const child = execFile(
      'sh',
      ['-c', '. scripts/prepare.sh; prepare; echo ready'],
      { cwd: home, env },
      (_e, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}
const asked = (): string[] =>
  existsSync(join(home, 'asked')) ? readFileSync(join(home, 'asked'), 'utf8').trim().split('\n') : [];
const BOTH = ['ci --no-audit --no-fund', 'run --silent build'];
const age = (file: string, seconds: number): void => {
  const at = Date.now() / 1000 + seconds;
  utimesSync(join(home, file), at, at);
};

test('the first time it installs and builds, with a sentence each; the second time it is silent', async () => {
  expect(await prepare()).toEqual({
    code: 0,
    stdout: 'ready\n',
    stderr: 'installing dependencies (once, a minute or so)\nbuilding (a few seconds)\n',
  });
  expect(await prepare()).toEqual({ code: 0, stdout: 'ready\n', stderr: '' });
  expect(asked()).toEqual(BOTH);
});

test('two at once do the work once', async () => {
  const both = await Promise.all([prepare(), prepare()]);
  expect(both.map(({ stdout }) => stdout)).toEqual(['ready\n', 'ready\n']);
  expect(asked()).toEqual(BOTH);
});

test('a lock file with a new time and the old content installs nothing; new content does', async () => {
  await prepare();
  age('package-lock.json', 60);
  await prepare();
  expect(asked()).toEqual(BOTH);
  writeFileSync(join(home, 'package-lock.json'), 'two');
  await prepare();
  expect(asked()).toEqual([...BOTH, BOTH[0]]);
});

test('dependencies installed by hand are taken as they are', async () => {
  mkdirSync(join(home, 'node_modules'));
  writeFileSync(join(home, 'node_modules/.package-lock.json'), '');
  age('package-lock.json', 60);
  await prepare();
  expect(asked()).toEqual([BOTH[1]]);
});

test('a newer source builds again, a newer test does not', async () => {
  await prepare();
  writeFileSync(join(home, 'src/a.test.ts'), '');
  age('src/a.test.ts', 60);
  await prepare();
  expect(asked()).toEqual(BOTH);
  age('src/a.ts', 60);
  await prepare();
  expect(asked()).toEqual([...BOTH, BOTH[1]]);
});

test('a failure is one sentence, the end of the output and where the whole of it is', async () => {
  program('npm', 'echo "the registry is on fire" >&2; exit 1');
  const { code, stdout, stderr } = await prepare();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('failed: npm ci --no-audit --no-fund; the whole output is in');
  expect(stderr).toContain('the registry is on fire');
  expect(readFileSync(join(home, '.cache/prepare.log'), 'utf8')).toContain('on fire');
});

test('a Node that is too old is named with its version', async () => {
  program('node', 'case $1 in --version) echo v18.0.0 ;; *) exit 1 ;; esac');
  expect(await prepare()).toMatchObject({
    code: 1,
    stderr: `Node 20.19 or newer is needed; ${join(home, 'programs/node')} is v18.0.0\n`,
  });
  expect(asked()).toEqual([]);
});
