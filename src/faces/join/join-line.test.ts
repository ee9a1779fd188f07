import { spawnSync } from 'node:child_process';
import { joinLine } from './join-line';
import { quoted } from './join-script';

test('the line for http', () => {
  expect(joinLine('http://10.0.0.1:5000', 'jt_x', null)).toBe(
    'curl -fsSL http://10.0.0.1:5000/join | sh -s -- --token jt_x',
  );
});

test('with an authority of the manager, nothing is run before that one was compared', () => {
  const fingerprint = `sha256:${'ab'.repeat(32)}`;
  const sum = spawnSync('sha256sum', { input: 'PEM\n', encoding: 'utf8' }).stdout.slice(0, 64);
  const line = joinLine('https://10.0.0.1:5000', 'jt_x', { pem: 'PEM\n', fingerprint });
  expect(line.split(' && ')).toEqual([
    'curl -fsSk https://10.0.0.1:5000/ca.pem -o procguard-ca.pem',
    `echo '${sum}  procguard-ca.pem' | sha256sum -c --quiet`,
    `curl -fsSL --cacert procguard-ca.pem https://10.0.0.1:5000/join | sh -s -- --token jt_x --ca-fingerprint ${fingerprint}`,
  ]);
});

test.each(["it's", '$(id)', '`id`', 'a b', 'a\nb', '"', '\\', ''])('%p is one word of a shell, and itself', (word) => {
  const { stdout } = spawnSync('sh', ['-c', `printf '<%s>' ${quoted(word)}`], { encoding: 'utf8' });
  expect(stdout).toBe(`<${word}>`);
});
