import type { AuditEntry } from '../../../protocol/audit';
import { entryAt, missingPages, NO_PAGES, PAGE_ENTRIES, withPage } from './audit-pages';

const entries = (from: number, count: number): AuditEntry[] =>
  Array.from({ length: count }, (_, at) => ({
    id: from - at,
    timestamp: new Date(1_700_000_000_000 + (from - at)).toISOString(),
    event_type: 'auth.logout',
    actor_id: null,
    actor_username: null,
    actor_ip: null,
    actor_kind: 'user',
    actor_text: 'ada',
    target_type: null,
    target_id: null,
    action: 'logged out',
    result: 'ok',
    details: {},
    hash: '',
  }));
const page = (from: number, total: number) => ({
  entries: entries(from, PAGE_ENTRIES),
  total,
  total_is_capped: false,
  has_more: true,
});

describe('the audit in pages', () => {
  it('asks for what is in sight and not here, and for nothing twice', () => {
    expect(missingPages(NO_PAGES, 0, 30)).toEqual([0]);
    const first = withPage(NO_PAGES, 0, page(1000, 1000));
    expect(missingPages(first, 0, 30)).toEqual([]);
    expect(missingPages(first, 190, 420)).toEqual([1, 2]);
    expect(missingPages(first, 990, 1500)).toEqual([4]);
    expect([entryAt(first, 0)?.id, entryAt(first, 199)?.id, entryAt(first, 200)]).toEqual([1000, 801, undefined]);
  });
  it('grows while nobody has counted to its end', () => {
    const first = withPage(NO_PAGES, 0, { ...page(90_000, 10_200), total_is_capped: true });
    expect([first.total, first.isTotalCapped]).toEqual([10_200, true]);
    const deep = withPage(first, 50, { ...page(80_000, 20_200), total_is_capped: true });
    expect(deep.total).toBe(20_200);
    expect(withPage(deep, 1, { ...page(89_800, 10_400), total_is_capped: true }).total).toBe(20_200);
    const last = withPage(deep, 100, page(70_000, 20_300));
    expect([last.total, last.isTotalCapped]).toEqual([20_300, false]);
    expect(withPage(last, 2, { ...page(89_600, 10_600), total_is_capped: true }).total).toBe(20_300);
  });
  it('stays the list that it was when it was opened', () => {
    const first = withPage(NO_PAGES, 0, page(1000, 1000));
    expect(first.until).toBe('2023-11-14T22:13:21.001Z');
    const later = withPage(first, 1, page(800, 1000));
    expect([later.until, later.total, entryAt(later, 200)?.id]).toEqual([first.until, 1000, 800]);
  });
});
