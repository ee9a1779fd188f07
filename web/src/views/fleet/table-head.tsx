import { useMemo } from 'react';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Checkbox } from '../../parts/checkbox';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import type { Row } from '../../state/rows';
import { coverage, toggledAll } from '../../state/selection';
import { nextSort, type SortColumn } from '../../state/sort';

const COLUMNS: readonly (readonly [string, SortColumn | null])[] = [
  ['state', 'urgency'],
  ['name', 'name'],
  ['why', null],
  ['worker', 'worker'],
  ['pid', 'pid'],
  ['uptime', 'uptime'],
  ['restarts', 'restarts'],
  ['cpu', 'cpu'],
  ['memory', 'memory'],
  ['contact', 'contact'],
];

/** Keys of the processes in these rows, those in folded groups too. */
export const processKeys = (rows: readonly Row[]): string[] => [
  ...new Set(
    rows.flatMap((row) =>
      row.kind === 'process'
        ? [row.process.key]
        : row.kind === 'worker'
          ? row.processes.map((process) => process.key)
          : [],
    ),
  ),
];

export function TableHead({ rows }: { rows: readonly Row[] }) {
  const words = useWords();
  const { ui } = useApp();
  const sort = useUi((state) => state.route.sort);
  const selection = useUi((state) => state.selection);
  const keys = useMemo(() => processKeys(rows), [rows]);
  return (
    <div className="table-head" role="rowgroup">
      <div className="row" role="row" aria-rowindex={1}>
        <div className="cell cell-select" role="columnheader">
          <Checkbox
            label={words.table.selectAll}
            value={coverage(selection, keys)}
            onToggle={() => ui.set((state) => ({ ...state, selection: toggledAll(state.selection, keys) }))}
          />
        </div>
        {COLUMNS.map(([column, by]) => {
          const text = words.table[column as 'state'];
          const sorted = by === sort.column && by !== 'urgency';
          return (
            <div
              key={column}
              className={`cell cell-${column}`}
              role="columnheader"
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
            >
              {by === null ? (
                text
              ) : (
                <button
                  type="button"
                  className="sort"
                  title={by === 'urgency' ? words.filter.urgency : words.table.sortBy(text)}
                  onClick={() => go(ui, { sort: nextSort(sort, by) })}
                >
                  {text}
                  <span className="sort-arrow" aria-hidden="true">
                    {sorted ? (sort.descending ? '↓' : '↑') : ''}
                  </span>
                </button>
              )}
            </div>
          );
        })}
        <div className="cell cell-actions" role="columnheader">
          <span className="off-screen">{words.table.actions}</span>
        </div>
      </div>
    </div>
  );
}
