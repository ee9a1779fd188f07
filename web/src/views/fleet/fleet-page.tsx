/** The first page: what needs a person, what is there, and one process beside it when it is open. */
import { useMemo } from 'react';
import { useClock, useFleet, useUi } from '../../parts/use-store';
import { parseFilter } from '../../state/filter';
import { facetsOf, rowsOf } from '../../state/rows';
import { Announcer } from '../../parts/announcer';
import { useApp } from '../../parts/app-context';
import { useWords } from '../../parts/use-words';
import { EmptyFleet } from '../join/empty-fleet';
import { SearchPane } from '../search/search-pane';
import { WorkerPanel } from '../worker/worker-panel';
import { ProcessPanel } from '../process/process-panel';
import { FilterBar } from './filter-bar';
import { FleetTable } from './fleet-table';
import { SelectionBar } from './selection-bar';

export function FleetPage() {
  const { live } = useApp();
  const words = useWords();
  const { q, sort, grouped, process, worker } = useUi((ui) => ui.route);
  const searching = useUi((ui) => ui.searching);
  const folded = useUi((ui) => ui.folded);
  const workers = useFleet((fleet) => fleet.workers);
  const processes = useFleet((fleet) => fleet.processes);
  // Use moves the order only where the order is by use.
  const ticks = useFleet((fleet) => (sort.column === 'cpu' || sort.column === 'memory' ? fleet.ticks : 0));
  const waiting = useClock(({ freshness }) => freshness.kind === 'waiting');
  const filter = useMemo(() => parseFilter(q), [q]);
  const rows = useMemo(
    () => rowsOf(live.fleet.get(), { filter, sort, grouped, folded }),
    // The maps and ticks say when the fleet gives another answer.
    [live, filter, sort, grouped, folded, workers, processes, ticks],
  );
  const facets = useMemo(() => facetsOf(live.fleet.get(), filter), [live, filter, workers, processes]);
  if (!waiting && workers.size === 0 && processes.size === 0) return <EmptyFleet />;
  return (
    <div className="fleet-page" data-open={(process ?? worker) !== null || undefined}>
      {searching !== null ? (
        <SearchPane keys={searching} />
      ) : (
        <div className="fleet">
          <FilterBar facets={facets} />
          <FleetTable rows={rows} />
          <Announcer text={words.announce.shown(rows.length)} />
          <Announcer text={words.announce.problems(facets.problems)} />
          <SelectionBar rows={rows} />
        </div>
      )}
      {process !== null && <ProcessPanel key={process} processKey={process} />}
      {worker !== null && <WorkerPanel key={worker} workerId={worker} />}
    </div>
  );
}
