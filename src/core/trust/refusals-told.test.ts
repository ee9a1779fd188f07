import { RefusalsTold } from './refusals-told';

test('what an address was refused is told once, and again when it is long ago', () => {
  const told = new RefusalsTold();
  expect([0, 1, 599_999].map((ms) => told.isNews('10.0.0.1', 'w1 worker_taken', ms))).toEqual([true, false, false]);
  expect(told.isNews('10.0.0.1', 'w1 invalid_token', 2)).toBe(true);
  expect(told.isNews('10.0.0.2', 'w1 worker_taken', 2)).toBe(true);
  expect(told.isNews('10.0.0.1', 'w1 worker_taken', 600_000)).toBe(true);
});

test('one address, and all of them together, take so much and no more', () => {
  const told = new RefusalsTold();
  const news = Array.from({ length: 100 }, (_, i) => told.isNews('10.0.0.1', `w${i} worker_taken`, 0));
  expect(news.filter(Boolean)).toHaveLength(20);
  for (let i = 0; i < 5_000; i++) told.isNews(`10.1.${i >> 8}.${i & 255}`, 'w', 1);
  expect((told as unknown as { byAddress: Map<string, unknown> }).byAddress.size).toBe(1_000);
});
