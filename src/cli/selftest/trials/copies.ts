/** A child that restarts without delay, while its launcher is killed again and again: its lives never overlap. */
import { broken, holds, type Finding } from '../finding';
import type { PrivateFleet } from '../private-fleet';
import { until } from '../until';

const PROMISE = 'never two copies of one process';
const KILLS = 4;
/** Each life looks whether the one before it still lives, and writes down that it was born. */
const COMMAND = [
  'if [ -e holder ] && kill -0 "$(cat holder)" 2>/dev/null; then echo copy >>copies; fi',
  'echo $$ >holder',
  'echo birth >>births',
  'sleep 0.05',
  'exit 1',
].join('; ');

export async function copies(fleet: PrivateFleet): Promise<Finding[]> {
  await fleet.define('restless', COMMAND, { restart_policy: 'always', max_restarts: 1_000_000 });
  for (let kill = 0; kill < KILLS; kill++) {
    const born = fleet.note('births').length;
    await until('it to be born again', () => fleet.note('births').length > born + 2);
    await fleet.killLauncher();
    fleet.startLauncher();
  }
  const born = fleet.note('births').length;
  await until('it to be born again', () => fleet.note('births').length > born + 2);
  await until('its stop', () =>
    fleet.order('restless', 'stop').then(
      ({ status }) => status === 'done',
      () => false,
    ),
  );
  const births = fleet.note('births').length;
  const overlapping = fleet.note('copies').length;
  return [
    overlapping === 0
      ? holds(
          PROMISE,
          `${births} lives of a restarting child, its launcher killed ${KILLS} times: none overlapped another`,
        )
      : broken(PROMISE, `${overlapping} of ${births} lives began while another lived`),
  ];
}
