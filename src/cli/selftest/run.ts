/** All trials, one after the other, on one private fleet. A trial that cannot be held is a broken promise, told as such. */
import { broken, type Finding } from './finding';
import { PrivateFleet } from './private-fleet';
import { copies } from './trials/copies';
import { budget, exitWhileAway } from './trials/ends';
import { stop } from './trials/stop';
import { strangers } from './trials/strangers';
import { survival } from './trials/survival';

const LINES = { quick: 2_000, whole: 50_000 };

interface Trial {
  readonly name: string;
  readonly hold: (fleet: PrivateFleet) => Promise<Finding[]>;
}
const trialsOf = (quick: boolean): readonly Trial[] => [
  { name: 'survival of kill -9', hold: (fleet) => survival(fleet, quick ? LINES.quick : LINES.whole) },
  { name: 'never two copies', hold: copies },
  { name: 'stop', hold: stop },
  { name: 'strangers', hold: strangers },
  { name: 'an exit unseen', hold: exitWhileAway },
  { name: 'restart budget', hold: budget },
];

/**
 * @param told hears of each finding as it is found
 * @param ending aborted: what was begun is taken down, and nothing more is tried
 */
export async function selftest(
  quick: boolean,
  told: (finding: Finding) => void,
  ending: AbortSignal,
): Promise<Finding[]> {
  const fleet = new PrivateFleet();
  const findings: Finding[] = [];
  const find = (finding: Finding): void => {
    findings.push(finding);
    told(finding);
  };
  try {
    await fleet.begin();
    for (const { name, hold } of trialsOf(quick)) {
      if (ending.aborted) break;
      const found = await hold(fleet).catch((error: Error) => [broken(name, error.message)]);
      found.forEach(find);
    }
  } catch (error) {
    find(broken('a manager and a launcher start here', (error as Error).message));
  } finally {
    await fleet.end();
  }
  return findings;
}
