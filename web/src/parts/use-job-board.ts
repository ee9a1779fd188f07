/** What is told of jobs as they change. */
import { useEffect } from 'react';
import type { Board } from '../state/job-board';
import { useApp } from './app-context';
import { useStore } from './use-store';

/** @param select must give the same object for the same board */
export const useJobBoard = <T>(select: (board: Board) => T): T => useStore(useApp().live.jobs.store, select);

/** These rows are in sight, as long as they are drawn. */
export function useLook(ids: readonly string[]): void {
  const { live } = useApp();
  const key = JSON.stringify(ids);
  useEffect(() => live.jobs.look(JSON.parse(key) as string[]), [live, key]);
}
