/** Views of one thing, beside each other. Arrow keys go from one to the next, as readers of screens expect. */
import { useRef, type ReactNode } from 'react';

interface Props<T extends string> {
  readonly label: string;
  readonly tabs: readonly (readonly [T, string])[];
  readonly current: T;
  readonly onChoose: (tab: T) => void;
  /** What the chosen one shows. */
  readonly children: ReactNode;
}

export function Tabs<T extends string>({ label, tabs, current, onChoose, children }: Props<T>) {
  const list = useRef<HTMLDivElement>(null);
  const step = (from: number, by: number) => {
    const next = tabs[(from + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChoose(next[0]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} ref={list}>
        {tabs.map(([tab, text], at) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-selected={tab === current}
            aria-controls="tab-panel"
            tabIndex={tab === current ? 0 : -1}
            onClick={() => onChoose(tab)}
            onKeyDown={(event) => {
              const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (by !== 0) step(at, by);
            }}
          >
            {text}
          </button>
        ))}
      </div>
      <div className="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current}`}>
        {children}
      </div>
    </>
  );
}
