/** How things end: an exit while nobody looked, and a child that cannot live. */
import { broken, holds, type Finding } from '../finding';
import type { PrivateFleet } from '../private-fleet';
import { until } from '../until';

const EXITS = 'an exit code is true, also when nobody was there';
const BUDGET = 'a crash loop ends';
const RESTARTS = 2;

export async function exitWhileAway(fleet: PrivateFleet): Promise<Finding[]> {
  await fleet.define('quitter', 'while [ ! -e quit ]; do sleep 0.02; done; echo gone >left; exit 42', {
    restart_policy: 'never',
  });
  await fleet.define('closer', 'sleep 0.3; touch quit', { restart_policy: 'never' });
  await fleet.killLauncher();
  await until('it to leave', () => fleet.note('left').length > 0);
  fleet.startLauncher();
  const { exit_code: code } = await fleet.untilView(
    'quitter',
    'to be told as ended',
    ({ state }) => state === 'failed',
  );
  return [
    code === 42
      ? holds(EXITS, 'a child left with 42 while its launcher was killed; 42 is what the next launcher told')
      : broken(EXITS, `a child left with 42 while its launcher was killed, and was told as ${code}`),
  ];
}

export async function budget(fleet: PrivateFleet): Promise<Finding[]> {
  await fleet.define('hopeless', 'echo birth >>tries; exit 1', { max_restarts: RESTARTS }).catch(() => null);
  const { why } = await fleet.untilView('hopeless', 'to be given up', ({ state }) => state === 'failed');
  const lives = fleet.note('tries').length;
  return [
    lives === RESTARTS + 1
      ? holds(BUDGET, `with max_restarts ${RESTARTS} it lived ${lives} times and was given up: "${why}"`)
      : broken(BUDGET, `with max_restarts ${RESTARTS} it lived ${lives} times`),
  ];
}
