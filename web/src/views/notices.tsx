/** Lines above everything: the page is behind, the manager has something to say, the page is older than the manager. */
import { useState } from 'react';
import { go } from '../link/navigation';
import { useApp } from '../parts/app-context';
import { Countdown } from '../parts/age';
import { Said } from '../parts/said';
import { clockTime } from '../parts/time';
import { useClock, useFleet, useStore, useUi } from '../parts/use-store';
import { useWords } from '../parts/use-words';
import { formatSpan } from '../state/durations';

export function Notices() {
  const words = useWords();
  const { ui } = useApp();
  const notice = useFleet((fleet) => fleet.manager?.notice ?? null);
  const updated = useManagerUpdated();
  return (
    <>
      <StaleNotice />
      <IncidentNotice />
      <ApplicantNotice />
      {updated && (
        <div className="notice" data-tone="info" role="status">
          <span>{words.header.updated}</span>
          <button type="button" className="button" onClick={() => location.reload()}>
            {words.header.reload}
          </button>
        </div>
      )}
      {notice !== null && (
        <div className="notice" data-tone={notice === 'open-to-network' ? 'warn' : 'plain'}>
          <span>{words.header.notices[notice]}</span>
          {notice !== 'open-to-network' && (
            <button type="button" className="button small" onClick={() => go(ui, { view: 'users' })}>
              {words.header.noticeAddUser}
            </button>
          )}
        </div>
      )}
    </>
  );
}

function StaleNotice() {
  const words = useWords();
  const { live } = useApp();
  const freshness = useClock((clock) => clock.freshness);
  const nowMs = useClock((clock) => clock.nowMs);
  const skewMs = useStore(live.heard, (heard) => heard.skewMs);
  if (freshness.kind === 'live') return null;
  if (freshness.kind === 'waiting')
    return (
      <div className="notice" data-tone="info" role="status">
        <span>{words.stale.waiting}</span>
      </div>
    );
  const age = formatSpan(nowMs - freshness.asOfMs, words.units);
  const time = clockTime(freshness.asOfMs + skewMs, words.locale);
  return (
    <div className="notice" data-tone="warn">
      {/* Read out once when it appears; the running age is for eyes only. */}
      <span className="off-screen" role="alert">
        {words.header.stale}
      </span>
      <span>
        {words.stale[freshness.because](age, time)} {words.stale.trying}
      </span>
    </div>
  );
}

/** On every page while the brake is on: what is not repaired now is left alone on purpose. */
function IncidentNotice() {
  const words = useWords();
  const { ui } = useApp();
  const incident = useFleet((fleet) => fleet.incident);
  if (incident === null || incident.ended_at_ms !== null) return null;
  return (
    <div className="notice" data-tone="bad" role="alert">
      <span>
        <strong>{words.incident.title(incident.subjects.length)}</strong> <Said text={incident.why} />.{' '}
        {words.incident.brake}{' '}
        {incident.release_at_ms !== null && (
          <span className="num" aria-live="off">
            <Countdown untilMs={incident.release_at_ms} wrap={words.incident.release} />
          </span>
        )}
      </span>
      <button type="button" className="button small" onClick={() => go(ui, { view: 'recovery' })}>
        {words.nav.recovery}
      </button>
    </div>
  );
}

/** On every page but the one where it is answered. */
function ApplicantNotice() {
  const { approvals } = useWords();
  const { ui } = useApp();
  const isThere = useUi(({ route }) => route.view === 'workers');
  const waiting = useFleet((fleet) => fleet.applicants.filter(({ state }) => state === 'pending').length);
  if (waiting === 0 || isThere) return null;
  return (
    <div className="notice" data-tone="info" role="status">
      <span>{approvals.notice(waiting)}</span>
      <button type="button" className="button small" onClick={() => go(ui, { view: 'workers' })}>
        {approvals.look}
      </button>
    </div>
  );
}

/** A manager with another version than the one that served this page may bring another page. */
function useManagerUpdated(): boolean {
  const version = useFleet((fleet) => fleet.manager?.version ?? null);
  const [first, setFirst] = useState(version);
  if (first === null && version !== null) setFirst(version);
  return first !== null && version !== null && version !== first;
}
