/** The same figures for machines without /proc (macOS, the BSDs), as pidusage learns them from `ps`. */
import pidusage from 'pidusage';

/** CPU in cores and resident bytes, summed. Processes that ended since they were listed count nothing. */
export async function psFigures(pids: readonly number[]): Promise<{ cpu: number; rssBytes: number }> {
  if (pids.length === 0) return { cpu: 0, rssBytes: 0 };
  // When none of them lives any more, it says so by an error.
  const measured = await pidusage([...pids]).catch(() => ({}));
  const parts = Object.values(measured as Record<string, { cpu: number; memory: number } | undefined>);
  return {
    cpu: parts.reduce((sum, part) => sum + (part?.cpu ?? 0), 0) / 100,
    rssBytes: parts.reduce((sum, part) => sum + (part?.memory ?? 0), 0),
  };
}
