import { bounded } from './bounded';
import type { AuditRecord } from './words';

const record = (details: AuditRecord['details'], word = 'w'): AuditRecord => ({
  type: 'process.command',
  actor: { kind: 'unknown', id: null, name: word, ip: null, text: word },
  target: { type: 'route', id: word },
  action: word,
  result: 'ok',
  details,
});

test('a small one stays as it is', () => {
  const small = record({ a: 1, b: ['x'], c: { d: null } });
  expect(bounded(small)).toEqual(small);
});

test('whatever is in it, it is a few KiB at most', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : { inner: deep(levels - 1) });
  const huge = record(
    {
      text: 'x'.repeat(100_000),
      list: Array.from({ length: 10_000 }, (_, i) => `w${i}`),
      deep: deep(1000),
      many: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 'y'.repeat(1000)])),
    },
    'z'.repeat(50_000),
  );
  expect(JSON.stringify(bounded(huge)).length).toBeLessThan(12_000);
});

test('a long list says how much of it is not there', () => {
  const list = Array.from({ length: 60 }, (_, i) => i);
  expect(bounded(record({ list })).details.list).toEqual([...list.slice(0, 50), '… 10 more']);
});
