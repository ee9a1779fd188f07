/** kill -9 of launcher, manager and both, while a child writes: it runs on, once, and no line is lost. */
import { holds, broken, type Finding } from '../finding';
import type { PrivateFleet } from '../private-fleet';
import { until } from '../until';

const NEVER_TOUCHED = 'restarting or killing ProcGuard never touches your processes';
const EVERY_LINE = 'every line is stored once and in order';
const KILLS = ['launcher', 'manager', 'both'] as const;

/** @param lines how many it writes before it waits to be told to end */
export async function survival(fleet: PrivateFleet, lines: number): Promise<Finding[]> {
  const command = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; done; while [ ! -e enough ]; do sleep 0.05; done; echo end`;
  await fleet.define('survivor', command, { restart_policy: 'never' });
  const { pid } = await fleet.untilView('survivor', 'to run', ({ state }) => state === 'running');
  const findings: Finding[] = [];
  for (const whom of KILLS) {
    if (whom !== 'manager') await fleet.killLauncher();
    if (whom !== 'launcher') await fleet.killManager();
    if (whom !== 'launcher') await fleet.startManager();
    if (whom !== 'manager') fleet.startLauncher();
    const again = await fleet.untilView('survivor', 'to be known again', ({ state }) => state === 'running');
    if (again.pid !== pid)
      findings.push(broken(NEVER_TOUCHED, `after kill -9 of ${whom} it ran as pid ${again.pid}, not ${pid}`));
  }
  if (findings.length === 0)
    findings.push(
      holds(
        NEVER_TOUCHED,
        `kill -9 of the launcher, the manager and both: pid ${pid} ran on and was adopted each time`,
      ),
    );
  return [...findings, await everyLine(fleet, lines)];
}

async function everyLine(fleet: PrivateFleet, lines: number): Promise<Finding> {
  const expected = [...Array.from({ length: lines }, (_, i) => `${i + 1}`), 'end', ''].join('\n');
  await fleet.define('opener', 'touch enough', { restart_policy: 'never' });
  const isWhole = await until('the last line', async () => (await fleet.output('survivor')) === expected).catch(
    () => false,
  );
  const stored = await fleet.output('survivor');
  return isWhole
    ? holds(
        EVERY_LINE,
        `${lines.toLocaleString('en')} lines written through those kills, ${expected.length.toLocaleString('en')} bytes stored and equal`,
      )
    : broken(EVERY_LINE, `${expected.length} bytes were written, ${stored.length} are stored`);
}
