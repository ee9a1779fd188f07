/** Reads the audit as far as it is looked at. */
import { missingPages, NO_PAGES, PAGE_ENTRIES, withPage, type AuditPages } from '../state/audit-pages';
import type { AuditFilter } from '../state/route';
import { createStore, type Store } from '../state/store';
import { readAudit } from './audit';
import { sentenceOf } from '../../../protocol/sentence-of';

export interface AuditReader {
  readonly store: Store<AuditPages>;
  /** These rows are in sight. */
  want(from: number, to: number): void;
  close(): void;
}

export function openAudit(filter: AuditFilter): AuditReader {
  const store = createStore(NO_PAGES);
  const abort = new AbortController();
  const asked = new Set<number>();
  const read = async (page: number) => {
    asked.add(page);
    const place = { limit: PAGE_ENTRIES, offset: page * PAGE_ENTRIES, until: store.get().until };
    try {
      const reply = await readAudit(filter, place, abort.signal);
      store.set((before) => withPage(before, page, reply));
    } catch (error) {
      if (abort.signal.aborted) return;
      store.set((before) => ({ ...before, problem: sentenceOf(error) }));
    } finally {
      asked.delete(page);
    }
  };
  return {
    store,
    want(from, to) {
      // After a refusal the reader asks anew by hand; the first page says where the list ends, so it comes alone.
      if (store.get().problem !== null) return;
      for (const page of missingPages(store.get(), from, to)) if (!asked.has(page)) void read(page);
    },
    close: () => abort.abort(),
  };
}
