/** Who did what, from where, with what result. */
import { useEffect, useState } from 'react';
import { auditFileUrl } from '../../link/audit';
import { openAudit, type AuditReader } from '../../link/audit-reader';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useStore, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { ENTRIES_LISTED } from '../../state/audit-pages';
import { EVERY_ENTRY, type AuditFilter } from '../../state/route';
import { AuditFilterBar } from './audit-filter-bar';
import { AuditList } from './audit-list';
import { AuditVerdictLine } from './audit-verdict';
import { NeedsRight } from './needs-right';

export function AuditPage() {
  const { audit } = useWords();
  return (
    <NeedsRight permission="admin.audit" title={audit.title}>
      <Known />
    </NeedsRight>
  );
}

function Known() {
  const { audit } = useWords();
  const { ui } = useApp();
  const filter = useUi(({ route }) => route.audit);
  const [reader, setReader] = useState<AuditReader | null>(null);
  const [readings, setReadings] = useState(0);
  const key = JSON.stringify(filter);
  useEffect(() => {
    const opened = openAudit(JSON.parse(key) as AuditFilter);
    opened.want(0, 0);
    setReader(opened);
    return () => opened.close();
  }, [key, readings]);
  const change = (changed: Partial<AuditFilter>) => go(ui, { audit: { ...filter, ...changed } });
  return (
    <div className="page page-list audit-page">
      <div className="page-head">
        <h1>{audit.title}</h1>
        {reader !== null && <Count reader={reader} />}
        <span className="page-buttons">
          <button type="button" className="button" onClick={() => setReadings((count) => count + 1)}>
            <Icon name="restart" />
            {audit.refresh}
          </button>
          <a className="button" href={auditFileUrl(filter)} download="procguard-audit.jsonl">
            <Icon name="download" />
            {audit.export}
          </a>
          <AuditVerdictLine />
        </span>
      </div>
      <AuditFilterBar filter={filter} onChange={change} onClear={() => change(EVERY_ENTRY)} />
      {reader !== null && <AuditList key={`${key} ${readings}`} reader={reader} onFilter={change} />}
    </div>
  );
}

function Count({ reader }: { reader: AuditReader }) {
  const { audit } = useWords();
  const total = useStore(reader.store, (pages) => pages.total);
  const isCapped = useStore(reader.store, (pages) => pages.isTotalCapped);
  const problem = useStore(reader.store, (pages) => pages.problem);
  if (problem !== null) return <Problem why={problem} />;
  if (total === null) return <span className="page-count">{audit.loading}</span>;
  return (
    <span className="page-count num" role="status">
      {isCapped ? audit.countAtLeast(total) : audit.count(total)}
      {total > ENTRIES_LISTED && `; ${audit.capped(ENTRIES_LISTED)}`}
    </span>
  );
}
