/** One machine: how it is, why, what it uses, what it runs. */
import { useMemo } from 'react';
import type { WorkerView } from '../../../../protocol/views';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { PanelHead } from '../../parts/panel-head';
import { Said } from '../../parts/said';
import { StateMark, TONES } from '../../parts/state-mark';
import { Tabs } from '../../parts/tabs';
import { useFleet, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { eventsOfWorker } from '../../state/event-filter';
import { WORKER_TABS } from '../../state/route';
import { EventList } from '../events/event-list';
import { UsageView } from '../later';
import { MachineUse } from '../fleet/machine-use';
import { WhyView } from '../why/why-view';
import { WorkerDetails } from './worker-details';

export function WorkerPanel({ workerId }: { workerId: string }) {
  const words = useWords();
  const { ui } = useApp();
  const worker = useFleet((fleet) => fleet.workers.get(workerId));
  const known = useFleet((fleet) => fleet.seq !== null);
  return (
    <section className="panel" aria-label={words.worker.label(workerId)}>
      <PanelHead
        title={workerId}
        mark={worker && <StateMark state={worker.state} />}
        name={workerId}
        onClose={() => go(ui, { worker: null })}
      >
        <span className="panel-kind">{words.worker.types[worker?.type ?? 'remote']}</span>
      </PanelHead>
      {worker ? <Known worker={worker} /> : known && <p className="table-empty">{words.worker.gone}</p>}
    </section>
  );
}

function Known({ worker }: { worker: WorkerView }) {
  const words = useWords();
  const { ui } = useApp();
  const asked = useUi((state) => state.route.tab);
  const tab = WORKER_TABS.find((one) => one === asked) ?? 'why';
  return (
    <>
      <Banner worker={worker} />
      <Tabs
        label={words.worker.tabsLabel}
        tabs={WORKER_TABS.map((one) => [one, words.panel.tabs[one]] as const)}
        current={tab}
        onChoose={(next) => go(ui, { tab: next })}
      >
        {tab === 'why' && <WhyView target={worker.worker_id} />}
        {tab === 'usage' && <UsageView of={{ kind: 'worker', worker }} />}
        {tab === 'events' && <WorkerEvents workerId={worker.worker_id} />}
        {tab === 'details' && <WorkerDetails worker={worker} />}
      </Tabs>
    </>
  );
}

function Banner({ worker }: { worker: WorkerView }) {
  const words = useWords();
  const contact = useFleet((fleet) => fleet.contacts.get(worker.worker_id));
  return (
    <div className="why" data-tone={TONES[worker.state]}>
      <div className="why-line">
        <span className="state-text" data-tone={TONES[worker.state]}>
          <span className="state-word">{words.states[worker.state]}</span>
        </span>
        <span className="why-text">
          <Said text={worker.why} />
        </span>
      </div>
      {worker.findings.map((finding) => (
        <p key={finding} className="why-finding">
          <Said text={finding} />
        </p>
      ))}
      <p className="worker-use num">
        <MachineUse worker={worker} contact={contact} />
      </p>
    </div>
  );
}

function WorkerEvents({ workerId }: { workerId: string }) {
  const words = useWords();
  const events = useFleet((fleet) => fleet.events);
  const shown = useMemo(() => eventsOfWorker(events, workerId), [events, workerId]);
  if (shown.length === 0) return <p className="table-empty">{words.events.none}</p>;
  return <EventList events={shown} ofProcess={false} />;
}
