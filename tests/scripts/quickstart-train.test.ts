/** The training run of the quickstart: what a user sees recover there must really recover. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(__dirname, '../../configs/quickstart/train.mjs');
jest.setTimeout(180_000);
let checkpoints: string;
beforeEach(() => (checkpoints = mkdtempSync(join(tmpdir(), 'procguard-train-'))));
afterEach(() => rmSync(checkpoints, { recursive: true }));

const argv = (...flags: string[]): string[] => [PROGRAM, '--checkpoints', checkpoints, ...flags];
function train(...flags: string[]): { status: number | null; lines: string[]; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv('--pace', '0', ...flags), { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}
const kept = (): string[] =>
  readdirSync(checkpoints)
    .filter((name) => name.endsWith('.json'))
    .sort();
const lossOf = (line: string | undefined): string => /loss (\S+)/.exec(line ?? '')?.[1] ?? '';

test('it learns, and says the same in every run of the same seed', () => {
  const { status, lines } = train('--epochs', '300');
  expect(status).toBe(0);
  expect(lines[0]).toBe('starting from scratch');
  expect(Number(lossOf(lines[300]))).toBeLessThan(Number(lossOf(lines[1])) / 2);
  expect(kept()).toEqual(['epoch-000290.json', 'epoch-000295.json', 'epoch-000300.json']);
  rmSync(join(checkpoints), { recursive: true });
  expect(train('--epochs', '300').lines).toEqual(lines);
});

test('after its one crash it goes on from the checkpoint, as if nothing had been', () => {
  const whole = train('--epochs', '40').lines;
  rmSync(checkpoints, { recursive: true });
  const first = train('--epochs', '40', '--crash-at-epoch', '23');
  expect(first.status).toBe(1);
  expect(first.stderr).toContain('--crash-at-epoch 23');
  const second = train('--epochs', '40', '--crash-at-epoch', '23');
  expect(second.status).toBe(0);
  expect(second.lines[0]).toBe('resumed from checkpoint epoch-000020.json, epoch 20');
  expect(second.lines.slice(1)).toEqual(whole.slice(21));
});

test('a torn checkpoint is skipped and said, and the one before is used', () => {
  train('--epochs', '10');
  truncateSync(join(checkpoints, 'epoch-000010.json'), 100);
  writeFileSync(join(checkpoints, 'epoch-000011.json'), '');
  const { status, lines } = train('--epochs', '10');
  expect(status).toBe(0);
  expect(lines.slice(0, 3)).toEqual([
    'checkpoint epoch-000011.json is torn (no content); skipped',
    'checkpoint epoch-000010.json is torn (its checksum does not match); skipped',
    'resumed from checkpoint epoch-000005.json, epoch 5',
  ]);
});

test('half a write leaves the name unused', () => {
  train('--epochs', '10');
  writeFileSync(join(checkpoints, 'epoch-000015.json.tmp'), 'half');
  expect(train('--epochs', '10').lines[0]).toBe('resumed from checkpoint epoch-000010.json, epoch 10');
});

test('--crash-every counts the epochs of one life', () => {
  const lives = [1, 2].map(() => train('--epochs', '40', '--crash-every', '7'));
  expect(lives.map(({ status }) => status)).toEqual([1, 1]);
  expect(lives.map(({ lines }) => lines.filter((line) => line.startsWith('epoch')).length)).toEqual([7, 7]);
});

test.each([
  ['SIGTERM', 0],
  ['SIGINT', 0],
  ['SIGUSR1', 1],
] as const)('%s in the middle of an epoch ends it with %d', async (signal, status) => {
  const child = spawn(process.execPath, argv('--epochs', '100000', '--pace', '0.001'), {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('epoch 1/')) child.kill(signal);
  expect(await exit).toBe(status);
  expect(existsSync(join(checkpoints, 'epoch-000001.json'))).toBe(status === 0);
});

test('a checkpoint carries its own checksum and the epoch it stands for', () => {
  train('--epochs', '5');
  const [digest = '', body = ''] = readFileSync(join(checkpoints, 'epoch-000005.json'), 'utf8').split('\n');
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(body)).toMatchObject({ epoch: 5 });
});
