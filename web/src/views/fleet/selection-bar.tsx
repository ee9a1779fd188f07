import { useMemo } from 'react';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem, MenuLine } from '../../parts/menu';
import { useFleet, useUi } from '../../parts/use-store';
import { useRefusalOfAll } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { VERBS } from '../../state/commands';
import type { Row } from '../../state/rows';
import { NOTHING_SELECTED, notRunning, selected, type Selection } from '../../state/selection';
import type { ProcessView } from '../../../../protocol/views';
import { processKeys } from './table-head';

/** What can be done with everything that is ticked. There only while something is. */
export function SelectionBar({ rows }: { rows: readonly Row[] }) {
  const words = useWords();
  const { ui, live, commander } = useApp();
  const selection = useUi((state) => state.selection);
  const processes = useFleet((fleet) => fleet.processes);
  const chosen = useMemo(() => selected(selection, processes), [selection, processes]);
  const refused = useRefusalOfAll(
    'process.control',
    chosen.map(({ worker_id: id }) => id),
  );
  if (chosen.length === 0) return null;
  const select = (next: Selection) => ui.set((state) => ({ ...state, selection: next }));
  const shown = () => selected(new Set(processKeys(rows)), live.fleet.get().processes);
  return (
    <div className="selection-bar" role="toolbar" aria-label={words.selection.label}>
      <strong className="selection-count" aria-live="polite">
        {words.selection.count(chosen.length)}
      </strong>
      <span className="selection-sets">
        <button type="button" className="link" onClick={() => select(new Set(processKeys(rows)))}>
          {words.selection.all}
        </button>
        <button type="button" className="link" onClick={() => select(notRunning(shown()))}>
          {words.selection.notRunning}
        </button>
        <button type="button" className="link" onClick={() => select(NOTHING_SELECTED)}>
          {words.selection.none}
        </button>
      </span>
      <span className="selection-verbs">
        {VERBS.map((verb) => (
          <GuardedButton
            key={verb}
            refused={refused}
            className={verb === 'kill' ? 'button danger-quiet' : 'button'}
            onClick={() =>
              commander.ask(
                verb,
                chosen.map((process) => process.key),
              )
            }
          >
            <Icon name={verb} />
            {words.verbs[verb]}
          </GuardedButton>
        ))}
        <MoreForAll chosen={chosen} refused={refused} />
      </span>
    </div>
  );
}

/** What is asked for less often. */
function MoreForAll({ chosen, refused }: { chosen: readonly ProcessView[]; refused: string | null }) {
  const words = useWords();
  const { ui, commander } = useApp();
  const keys = chosen.map(({ key }) => key);
  const open = (kind: 'disable' | 'rolling') => ui.set((state) => ({ ...state, dialog: { kind, keys } }));
  const disabled = chosen.filter((process) => process.disabled !== null).map(({ key }) => key);
  return (
    <LazyMenu label={words.selection.more}>
      {() => (
        <>
          <MenuItem icon="restart" refused={refused} onSelect={() => open('rolling')}>
            {words.rolling.ask}
          </MenuItem>
          <MenuItem icon="search" onSelect={() => ui.set((state) => ({ ...state, searching: keys }))}>
            {words.search.ask}
          </MenuItem>
          <MenuLine />
          <MenuItem icon="disable" refused={refused} onSelect={() => open('disable')}>
            {words.disabled.ask}
          </MenuItem>
          {disabled.length > 0 && (
            <MenuItem icon="start" refused={refused} onSelect={() => void commander.send('enable', disabled)}>
              {words.verbs.enable}
            </MenuItem>
          )}
        </>
      )}
    </LazyMenu>
  );
}
