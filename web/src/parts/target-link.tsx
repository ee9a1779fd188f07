/** The way to a process (`worker/process`) or to a worker, by its name. */
import { go, hrefOf } from '../link/navigation';
import type { Route, Tab } from '../state/route';
import { useApp } from './app-context';

export function TargetLink({ target, tab = 'why' }: { target: string; tab?: Tab }) {
  const { ui } = useApp();
  const change: Partial<Route> = target.includes('/')
    ? { view: 'fleet', process: target, worker: null, tab }
    : { view: 'fleet', worker: target, process: null, tab };
  return (
    <a
      className="link target-link"
      href={hrefOf({ ...ui.get().route, ...change })}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go(ui, change);
      }}
    >
      {target}
    </a>
  );
}
