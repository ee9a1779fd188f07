/** One process: what it is, why, and what it says. Beside the table where there is room, in its place where not. */
import { useEffect, useMemo, useRef } from 'react';
import type { ProcessView } from '../../../../protocol/views';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Age } from '../../parts/age';
import { IconButton } from '../../parts/icon-button';
import { StateMark, TONES } from '../../parts/state-mark';
import { useFleet, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { buttonsFor } from '../../state/commands';
import { eventsOf } from '../../state/event-filter';
import { TABS, type Tab } from '../../state/route';
import { isAlive } from '../../state/severity';
import { EventList } from '../events/event-list';
import { UsageCell } from '../fleet/usage-cell';
import { LogPanel } from '../log/log-panel';
import { DetailsTab } from './details-tab';
import { ProcessStateText, Restarts } from './process-state-text';

export function ProcessPanel({ processKey }: { processKey: string }) {
  const words = useWords();
  const { ui } = useApp();
  const process = useFleet((fleet) => fleet.processes.get(processKey));
  const known = useFleet((fleet) => fleet.seq !== null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Opened by key or click, the panel is where the reader goes on; a screen reader says its name.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section className="panel" aria-label={words.panel.label(processKey)}>
      <header className="panel-head">
        <h2 ref={heading} tabIndex={-1} title={processKey}>
          {process && <StateMark state={process.state} />}
          <span className="panel-name">{process?.process ?? processKey}</span>
          {process && process.process !== process.worker_id && (
            <span className="panel-worker">{process.worker_id}</span>
          )}
        </h2>
        {process && <PanelActions process={process} />}
        <IconButton icon="close" label={words.panel.close} keys="Esc" onClick={() => go(ui, { process: null })} />
      </header>
      {process ? <Known process={process} /> : known && <p className="table-empty">{words.panel.gone}</p>}
    </section>
  );
}

function PanelActions({ process }: { process: ProcessView }) {
  const words = useWords();
  const { commander } = useApp();
  return (
    <div className="panel-actions">
      {buttonsFor(process).map(({ verb, enabled }) => (
        <IconButton
          key={verb}
          icon={verb}
          label={words.verbs[verb]}
          className={verb === 'kill' ? 'danger-quiet' : ''}
          disabled={!enabled}
          onClick={() => commander.ask(verb, [process.key])}
        />
      ))}
    </div>
  );
}

function Known({ process }: { process: ProcessView }) {
  const words = useWords();
  const { ui } = useApp();
  const tab = useUi((state) => state.route.tab);
  const tabs = useRef<HTMLDivElement>(null);
  const choose = (next: Tab, focus: boolean) => {
    go(ui, { tab: next });
    if (focus) requestAnimationFrame(() => tabs.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };
  return (
    <>
      <WhyBanner process={process} />
      <div className="tabs" role="tablist" aria-label={words.panel.tabsLabel} ref={tabs}>
        {TABS.map((one, at) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={one === tab}
            aria-controls="tab-panel"
            tabIndex={one === tab ? 0 : -1}
            onClick={() => choose(one, false)}
            onKeyDown={(event) => {
              const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (by !== 0) choose(TABS[(at + by + TABS.length) % TABS.length] ?? 'log', true);
            }}
          >
            {words.panel.tabs[one]}
          </button>
        ))}
      </div>
      <div className="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'log' && <LogPanel process={process} />}
        {tab === 'events' && <ProcessEvents process={process} />}
        {tab === 'details' && <DetailsTab process={process} />}
      </div>
    </>
  );
}

/** Every state has a why; it stands first. */
function WhyBanner({ process }: { process: ProcessView }) {
  const request = useUi((state) => state.requests.get(process.key));
  const ring = useFleet((fleet) => fleet.usage.get(process.key));
  const version = useFleet((fleet) => fleet.usage.get(process.key)?.version ?? 0);
  const words = useWords();
  return (
    <div className="why" data-tone={TONES[process.state]}>
      <div className="why-line">
        <ProcessStateText process={process} request={request} />
        <span className="why-text">{process.why}</span>
      </div>
      {process.findings.map((finding) => (
        <p key={finding} className="why-finding">
          {finding}
        </p>
      ))}
      <dl className="vitals">
        {process.pid !== null && <Vital label={words.table.pid}>{process.pid}</Vital>}
        {isAlive(process) && process.started_at_ms !== null && (
          <Vital label={words.table.uptime}>
            <Age sinceMs={process.started_at_ms} />
          </Vital>
        )}
        <Vital label={words.table.restarts}>
          <Restarts process={process} />
        </Vital>
        {process.pid !== null && (
          <>
            <Vital label={words.table.cpu}>
              <UsageCell measure="cpu" process={process} ring={ring} version={version} />
            </Vital>
            <Vital label={words.table.memory}>
              <UsageCell measure="rssBytes" process={process} ring={ring} version={version} />
            </Vital>
          </>
        )}
      </dl>
    </div>
  );
}

function Vital({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

function ProcessEvents({ process }: { process: ProcessView }) {
  const words = useWords();
  const events = useFleet((fleet) => fleet.events);
  const shown = useMemo(() => eventsOf(events, process.worker_id, process.process), [events, process]);
  if (shown.length === 0) return <p className="table-empty">{words.events.none}</p>;
  return <EventList events={shown} ofProcess />;
}
