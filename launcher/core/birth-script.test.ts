import { execFileSync } from 'node:child_process';
import { birthScript, isPlain, quoted, type BirthSteps } from './birth-script';

const PLAIN: BirthSteps = {
  joins: [],
  addressSpaceBytes: null,
  userProcesses: null,
  openFiles: null,
  oomScore: null,
  umask: null,
  standsIn: null,
  privateDir: null,
  runDirectory: null,
  stdin: null,
  nice: [],
  identity: null,
};

test('a birth without any step takes the plain way', () => {
  expect(isPlain(PLAIN)).toBe(true);
  for (const step of [
    { umask: 0 },
    { joins: ['/x'] },
    { nice: ['nice'] },
    { stdin: '/x' },
    { openFiles: 3 },
    { standsIn: '/x' },
  ])
    expect(isPlain({ ...PLAIN, ...step })).toBe(false);
});

test.each(['', 'plain', "it's", '$HOME `id` "x" \\', 'two\nlines', "'\n'", '#end', '\n#end\n', '-n', '*'])(
  '%j is one word to a shell, on one line',
  (word) => {
    expect(quoted(word)).not.toContain('\n');
    const script = `__pg_newline='\n'\nprintf %s. ${quoted(word)}`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(`${word}.`);
  },
);

test('a directory that became another one is not a birth', () => {
  const within = (standsIn: string, cwd: string): string => {
    const step = birthScript({ ...PLAIN, standsIn })
      .split('\n')
      .find((line) => line.startsWith('cd '));
    const script = `__pg_newline='\n'\nrefused() { echo "refused $1"; exit; }\n${step ?? ''}\necho born`;
    return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', cwd, env: { PWD: standsIn } });
  };
  expect(within('/usr/bin', '/usr/bin')).toBe('born\n');
  expect(within('/usr/lib', '/usr/bin')).toContain('refused the working directory /usr/lib became another one');
});

test('no line of a part is its end, whatever the environment holds', () => {
  const env = { A: 'x\n#end\ny', B: '#end' };
  const script = birthScript({ ...PLAIN, identity: { words: ['w'], who: 'user x', workingDir: '/\n#end', env } });
  expect(script.split('\n').filter((line) => line === '#end')).toHaveLength(2);
  expect(script.endsWith('\n#end\n')).toBe(true);
});

test('the environment of another user stands in the second part alone, and the cgroup is joined before anything else', () => {
  const identity = {
    words: ['setpriv', '--reuid=1'],
    who: 'user x',
    workingDir: '/',
    env: { SECRET: 's3', 'a.b': 'odd' },
  };
  const script = birthScript({ ...PLAIN, joins: ['/cg/cgroup.procs'], openFiles: 9, umask: 0o27, identity });
  const [first = '', second = ''] = script.split('\n#end\n');
  expect(first).not.toContain('s3');
  expect(second).toBe("export SECRET='s3'");
  const order = ["echo 0 >'/cg/cgroup.procs'", 'ulimit -n 9', 'umask 27', 'setpriv'].map((step) => first.indexOf(step));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBe(0);
});
