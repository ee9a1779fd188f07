/** The pages. What only few may look at is not in the way of the others. */
import { useEffect, useRef } from 'react';
import type { Permission } from '../../../protocol/rights';
import { go, hrefOf } from '../link/navigation';
import { useApp } from '../parts/app-context';
import { useFleet, useSession, useUi } from '../parts/use-store';
import { useWords } from '../parts/use-words';
import { HOME, type View } from '../state/route';
import { may } from '../state/session';
import { useProblemCount } from './use-document';

const PAGES: readonly (readonly [View, Permission])[] = [
  ['fleet', 'fleet.read'],
  ['jobs', 'fleet.read'],
  ['definitions', 'fleet.read'],
  ['events', 'fleet.read'],
  ['recovery', 'fleet.read'],
  ['workers', 'admin.workers'],
  ['join', 'fleet.read'],
  ['users', 'admin.users'],
  ['audit', 'admin.audit'],
];

/** More than these do not fit beside the rest of the header on a middling screen. */
const MANY_PAGES = 5;

export const useHasManyPages = (): boolean =>
  useSession((session) => PAGES.filter(([, permission]) => may(session, permission, null)).length > MANY_PAGES);

export function Navigation() {
  const words = useWords();
  const { ui } = useApp();
  const route = useUi((state) => state.route);
  const session = useSession((state) => state);
  const problems = useProblemCount();
  const waiting = useFleet((fleet) => fleet.applicants.filter(({ state }) => state === 'pending').length);
  const shown = PAGES.filter(([view, permission]) => view === route.view || may(session, permission, null));
  const list = useRef<HTMLElement>(null);
  // On a narrow screen the row scrolls: where the reader is must be in sight.
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [route.view, shown.length, problems, waiting]);
  return (
    <nav ref={list} className="nav" aria-label={words.nav.label}>
      {shown.map(([view]) => (
        <a
          key={view}
          href={hrefOf({ ...HOME, view })}
          aria-current={route.view === view ? 'page' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey) return;
            event.preventDefault();
            go(ui, { view, ...(view === route.view && { process: null, job: null, newJob: null, schedule: null }) });
          }}
        >
          {words.nav[view]}
          {view === 'fleet' && problems > 0 && <span className="nav-count">{words.number(problems)}</span>}
          {view === 'workers' && waiting > 0 && (
            <span className="nav-count" data-tone="warn" title={words.approvals.waiting(waiting)}>
              {words.number(waiting)}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
