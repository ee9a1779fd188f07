import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS, nearest } from './errors';

const page = readFileSync(join(__dirname, '../docs/errors.md'), 'utf8');

test('every code has its paragraph with its status and whether a retry helps, and every paragraph its code', () => {
  const told = [...page.matchAll(/^### (\w+)\n(\d{3}), (no )?retry\./gm)].map(([, code, status, no]) => ({
    code,
    status: Number(status),
    retryable: no === undefined,
  }));
  const byCode = (a: { code: string | undefined }, b: { code: string | undefined }) =>
    (a.code ?? '').localeCompare(b.code ?? '');
  expect(told.sort(byCode)).toEqual(
    Object.entries(ERRORS)
      .map(([code, { status, retryable }]) => ({ code, status, retryable }))
      .sort(byCode),
  );
});

test('the nearest names come first, and far ones not at all', () => {
  expect(nearest('heartbeat_timout', ['interval', 'heartbeat_timeout', 'zombie_detection'])).toEqual([
    'heartbeat_timeout',
  ]);
  expect(nearest('x', ['interval', 'heartbeat_timeout'])).toEqual([]);
});
