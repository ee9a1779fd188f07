/** A worker's name in the table: the way to its panel. */
import { go, hrefOf } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { useWords } from '../../parts/use-words';

export function WorkerName({ workerId, className }: { workerId: string; className?: string }) {
  const { ui } = useApp();
  const { worker } = useWords();
  const change = { worker: workerId, process: null, tab: 'why' } as const;
  return (
    <a
      className={className}
      href={hrefOf({ ...ui.get().route, ...change })}
      aria-label={worker.label(workerId)}
      title={workerId}
      tabIndex={-1}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go(ui, change);
      }}
    >
      {workerId}
    </a>
  );
}
