/** What is told of the owner's rules: which are in force, where they are weak, and what of that which is kept they refuse. */
import { openPlaces } from './birth/open-places';
import { pathOf } from './birth/birth';
import { rulesText, type Rules } from './core/rules';
import { warningsOf } from './core/rules-warnings';
import type { Keepers } from './keeper/keepers';
import type { Log } from './logging';

type Environment = Readonly<Record<string, string | undefined>>;

/** A sentence each. */
export const weaknessesOf = (rules: Rules, environment: Environment): readonly string[] => [
  ...warningsOf(rules),
  ...openPlaces(rules, pathOf({ environment })),
];

/** What holds from now on. */
export function sayRules(rules: Rules | null, keepers: Keepers, environment: Environment, log: Log): void {
  if (rules === null)
    return log('info', 'no command rules are in force: whoever may command the manager may run anything here');
  log('info', `command rules in force: ${rulesText(rules)}`);
  for (const warning of weaknessesOf(rules, environment)) log('warn', warning);
  for (const { name, spec, run } of keepers.all) {
    const why = keepers.whyRefused(spec);
    if (why === null) continue;
    const meanwhile = run === null ? 'cannot be started' : 'runs on, and cannot be started again';
    log('warn', `${name} ${meanwhile}: ${why}`);
  }
}
