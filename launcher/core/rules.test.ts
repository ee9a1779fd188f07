import { ProcessSpec } from '../../protocol/process-spec';
import { commandsIn, RulesDocument, rulesOf, rulesText, type Rules } from './rules';
import { refusedName } from './rules-env';
import { isWithin, pathMatches } from './rules-paths';
import { blockedBy } from './rules-patterns';
import { warningsOf } from './rules-warnings';

const rules = (written: object): Rules => rulesOf(RulesDocument.parse(written), '/etc/r.yaml');

test.each([
  ['/opt/tools/*', '/opt/tools/a', true],
  ['/opt/tools/*', '/opt/tools/more/a', false],
  ['/opt/tools/*', '/opt/tools', false],
  ['/opt/*/bin/x?', '/opt/a/bin/x1', true],
  ['/opt/**', '/opt/a/b/c', true],
  ['/opt/**/c', '/opt/c', true],
  ['/opt/**/c', '/opt/a/b/d', false],
  ['/opt/a**', '/opt/ab/c', false],
])('%s and %s: %j', (glob, path, matches) => expect(pathMatches(glob, path)).toBe(matches));

test.each([
  ['/a/b', '/a/b', true],
  ['/a/b/c', '/a/b', true],
  ['/a/bc', '/a/b', false],
  ['/a', '/a/b', false],
  ['/a', '/', true],
])('%s is within %s: %j', (path, directory, is) => expect(isWithin(path, directory)).toBe(is));

const LISTED = { allowed_commands: ['sleep'] };
test.each<[object, string, string | null]>([
  [{}, 'LD_PRELOAD', null],
  [LISTED, 'MODE', null],
  [LISTED, 'LD_PRELOAD', 'allowed_commands'],
  [LISTED, 'BASH_FUNC_sleep%%', 'allowed_commands'],
  [LISTED, 'HOME', 'allowed_commands'],
  [LISTED, 'PYTHONUNBUFFERED', null],
  [{ ...LISTED, allowed_env: ['*'] }, 'LD_PRELOAD', 'allowed_commands'],
  [{ ...LISTED, allowed_env: ['LD_LIBRARY_PATH'] }, 'LD_LIBRARY_PATH', null],
  [{ ...LISTED, allowed_env: ['LD_PRELOAD'], blocked_env: ['LD_*'] }, 'LD_PRELOAD', 'blocked_env'],
  [{ allowed_env: ['A*'] }, 'AB', null],
  [{ allowed_env: ['A*'] }, 'BA', 'allowed_env'],
])('%j and %s: %s', (written, name, rule) => {
  const refusal = refusedName(rules(written), 'env', [name]);
  if (rule === null) expect(refusal).toBeNull();
  else expect(refusal?.why).toContain(`refused by security.${rule} in /etc/r.yaml on its machine: env sets "${name}"`);
});

test('a pattern is found in every form of a command, whatever its blanks', () => {
  const blocking = rules({ blocked_patterns: ['rm -rf /', 'mkfs'] });
  expect(blockedBy(blocking, 'command', ['rm -r x', 'a b'])).toBeNull();
  expect(blockedBy(blocking, 'command', ['rm \t-rf\n/'])?.why).toContain('command has "rm -rf /"');
  expect(blockedBy(blocking, 'command', ['x', '/usr/sbin/mkfs.ext4 /dev/sda'])?.why).toContain('"mkfs"');
});

test.each([
  [['/opt/jobs/train', 'nvidia-smi'], null],
  [['python3.11', '/opt/x'], 'python3.11'],
  [['/bin/bash', 'env'], '/bin/bash, env'],
  [['/opt/tools/*'], null],
  [['/usr/bin/*'], '/usr/bin/*'],
  [['/**'], '/**'],
])('%j: warned of %j', (allowed_commands, open) => {
  const [warning] = warningsOf(rules({ allowed_commands }));
  if (open === null) expect(warning).toBeUndefined();
  else expect(warning).toContain(`has ${open}: what runs whatever it is given`);
});

test.each([
  [{ allowed_commands: ['../x'] }],
  [{ allowed_commands: ['bin/x'] }],
  [{ allowed_commands: ['/opt/../bin/x'] }],
  [{ allowed_commands: ['python*'] }],
  [{ allowed_commands: [''] }],
  [{ allowed_working_dirs: ['jobs'] }],
  [{ allowed_working_dirs: [] }],
  [{ allowed_users: [] }],
  [{ allowed_images: [] }],
  [{ allowed_mounts: ['data'] }],
  [{ allow_containers: 'yes' }],
  [{ allowed_comands: [] }],
])('%j says nothing that could be meant', (written) => expect(RulesDocument.safeParse(written).success).toBe(false));

test('what is set is said with its size', () => {
  expect(rulesText(rules({}))).toBe('none is set in /etc/r.yaml');
  const text = rulesText(rules({ ...LISTED, allowed_env: [], allowed_users: [1000] }));
  expect(text).toBe('allowed_commands (1), allowed_users (1), allowed_env (0) of /etc/r.yaml');
  expect(rulesText(rules({ allow_containers: true, allowed_mounts: ['/srv'] }))).toBe(
    'allow_containers, allowed_mounts (1) of /etc/r.yaml',
  );
});

test('every command of a definition: its own and those of its probes', () => {
  const exec = (word: string) => ({ check: { kind: 'exec', command: [word] } }) as const;
  const spec = ProcessSpec.parse({
    name: 'a',
    command: 'x',
    ready: exec('r'),
    alive: [{ check: { kind: 'log', pattern: 'p' } }, exec('l')],
  });
  expect(commandsIn(spec)).toEqual([
    { field: 'command', line: 'x' },
    { field: 'ready', line: ['r'] },
    { field: 'alive[1]', line: ['l'] },
  ]);
});
