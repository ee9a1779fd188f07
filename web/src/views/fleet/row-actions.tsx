import { memo } from 'react';
import type { ProcessView } from '../../../../protocol/views';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem, MenuLine } from '../../parts/menu';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { VERBS, buttonsFor, type Verb } from '../../state/commands';

const KEYS: Readonly<Partial<Record<Verb, string>>> = { start: 'a', stop: 's', restart: 'r' };

/** The likeliest action as a button, all of them in a menu. Native titles: a tooltip part per row would cost scrolling. */
export const RowActions = memo(function RowActions({ process }: { process: ProcessView }) {
  const words = useWords();
  const { ui, commander } = useApp();
  // Ending at once is one step further away.
  const likely = buttonsFor(process).filter(({ verb }) => verb !== 'kill');
  const refused = useRefusal('process.control', process.worker_id);
  const open = (tab: 'log' | 'details') => go(ui, { process: process.key, tab });
  return (
    <>
      <span className="quick">
        {likely.map(({ verb, enabled }, place) => (
          <GuardedButton
            key={place}
            refused={refused}
            className="icon-button"
            tabIndex={-1}
            disabled={!enabled}
            title={words.verbs[verb]}
            aria-label={`${words.verbs[verb]} ${process.key}`}
            onClick={() => commander.ask(verb, [process.key])}
          >
            <Icon name={verb} />
          </GuardedButton>
        ))}
      </span>
      <LazyMenu label={words.table.rowActions(process.key)}>
        {() => (
          <>
            <MenuItem icon="log" keys="l" onSelect={() => open('log')}>
              {words.table.log}
            </MenuItem>
            <MenuItem icon="search" onSelect={() => open('details')}>
              {words.panel.tabs.details}
            </MenuItem>
            <MenuLine />
            {VERBS.map((verb) => (
              <MenuItem
                key={verb}
                icon={verb}
                danger={verb === 'kill'}
                refused={refused}
                {...(KEYS[verb] !== undefined && { keys: KEYS[verb] })}
                onSelect={() => commander.ask(verb, [process.key])}
              >
                {words.verbs[verb]}
              </MenuItem>
            ))}
            <MenuLine />
            {process.disabled === null ? (
              <MenuItem
                icon="disable"
                refused={refused}
                onSelect={() => ui.set((state) => ({ ...state, dialog: { kind: 'disable', keys: [process.key] } }))}
              >
                {words.disabled.ask}
              </MenuItem>
            ) : (
              <MenuItem icon="start" refused={refused} onSelect={() => void commander.send('enable', [process.key])}>
                {words.verbs.enable}
              </MenuItem>
            )}
          </>
        )}
      </LazyMenu>
    </>
  );
});
