/** The way to a job, by its id. */
import type { ReactNode } from 'react';
import { go, hrefOf } from '../link/navigation';
import { routeAfter, type Route } from '../state/route';
import { useApp } from './app-context';

interface Props {
  readonly id: string;
  readonly className?: string;
  /** Default: the id. */
  readonly children?: ReactNode;
}

export function JobLink({ id, className = 'link target-link', children }: Props) {
  const { ui } = useApp();
  const change: Partial<Route> = { view: 'jobs', job: id, newJob: null, schedule: null };
  return (
    <a
      className={className}
      href={hrefOf(routeAfter(ui.get().route, change))}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go(ui, change);
      }}
    >
      {children ?? id}
    </a>
  );
}
