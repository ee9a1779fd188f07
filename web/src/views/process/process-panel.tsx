/** One process: what it is, why, and what it says. Beside the table where there is room, in its place where not. */
import { useMemo } from 'react';
import type { ProcessView } from '../../../../protocol/views';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { IconButton } from '../../parts/icon-button';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem } from '../../parts/menu';
import { PanelHead } from '../../parts/panel-head';
import { StateMark } from '../../parts/state-mark';
import { Tabs } from '../../parts/tabs';
import { useFleet, useUi } from '../../parts/use-store';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { buttonsFor } from '../../state/commands';
import { eventsOf } from '../../state/event-filter';
import { TABS } from '../../state/route';
import { EventList } from '../events/event-list';
import { UsageView } from '../later';
import { LogPanel } from '../log/log-panel';
import { WhyView } from '../why/why-view';
import { DefinitionTab } from './definition-tab';
import { DetailsTab } from './details-tab';
import { WhyBanner } from './why-banner';

export function ProcessPanel({ processKey }: { processKey: string }) {
  const words = useWords();
  const { ui } = useApp();
  const process = useFleet((fleet) => fleet.processes.get(processKey));
  const known = useFleet((fleet) => fleet.seq !== null);
  return (
    <section className="panel" aria-label={words.panel.label(processKey)}>
      <PanelHead
        title={processKey}
        mark={process && <StateMark state={process.state} />}
        name={process?.process ?? processKey}
        onClose={() => go(ui, { process: null })}
      >
        {process && process.process !== process.worker_id && <WorkerOf process={process} />}
        {process && <PanelActions process={process} />}
      </PanelHead>
      {process ? <Known process={process} /> : known && <p className="table-empty">{words.panel.gone}</p>}
    </section>
  );
}

function WorkerOf({ process }: { process: ProcessView }) {
  const { ui } = useApp();
  const words = useWords();
  return (
    <button
      type="button"
      className="panel-worker"
      title={words.panel.worker(process.worker_id)}
      onClick={() => go(ui, { worker: process.worker_id, tab: 'why' })}
    >
      {process.worker_id}
    </button>
  );
}

function PanelActions({ process }: { process: ProcessView }) {
  const words = useWords();
  const { commander, ui } = useApp();
  const { key } = process;
  const refused = useRefusal('process.control', process.worker_id);
  return (
    <div className="panel-actions">
      {buttonsFor(process).map(({ verb, enabled }, place) => (
        <IconButton
          key={place}
          icon={verb}
          label={words.verbs[verb]}
          className={verb === 'kill' ? 'danger-quiet' : ''}
          disabled={!enabled}
          refused={refused}
          onClick={() => commander.ask(verb, [key])}
        />
      ))}
      <LazyMenu label={words.table.rowActions(key)}>
        {() =>
          process.disabled === null ? (
            <MenuItem
              icon="disable"
              refused={refused}
              onSelect={() => ui.set((state) => ({ ...state, dialog: { kind: 'disable', keys: [key] } }))}
            >
              {words.disabled.ask}
            </MenuItem>
          ) : (
            <MenuItem icon="start" refused={refused} onSelect={() => void commander.send('enable', [key])}>
              {words.verbs.enable}
            </MenuItem>
          )
        }
      </LazyMenu>
    </div>
  );
}

function Known({ process }: { process: ProcessView }) {
  const words = useWords();
  const { ui } = useApp();
  const tab = useUi((state) => state.route.tab);
  return (
    <>
      <WhyBanner process={process} />
      <Tabs
        label={words.panel.tabsLabel}
        tabs={TABS.map((one) => [one, words.panel.tabs[one]] as const)}
        current={tab}
        onChoose={(next) => go(ui, { tab: next })}
      >
        {tab === 'log' && <LogPanel process={process} />}
        {tab === 'why' && <WhyView target={process.key} />}
        {tab === 'usage' && <UsageView of={{ kind: 'process', process }} />}
        {tab === 'events' && <ProcessEvents process={process} />}
        {tab === 'details' && <DetailsTab process={process} />}
        {tab === 'definition' && <DefinitionTab process={process} />}
      </Tabs>
    </>
  );
}

function ProcessEvents({ process }: { process: ProcessView }) {
  const words = useWords();
  const events = useFleet((fleet) => fleet.events);
  const shown = useMemo(() => eventsOf(events, process.worker_id, process.process), [events, process]);
  if (shown.length === 0) return <p className="table-empty">{words.events.none}</p>;
  return <EventList events={shown} ofProcess />;
}
