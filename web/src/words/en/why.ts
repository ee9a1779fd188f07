/** Why something is as it is, and what follows. */
export const why = {
  asking: 'Asking why…',
  cause: 'Cause',
  by: (who: string) => `by ${who}`,
  next: 'Next:',
  nothing: 'nothing happens by itself.',
  inSpan: (span: string) => `in ${span}`,
  evidence: 'What it is known by',
  behind: 'What lies behind it',
  advice: 'What you can do',
  copy: (line: string) => `Copy: ${line}`,
  kinds: {
    operator: 'asked for',
    exit: 'ended by itself',
    oom: 'out of memory',
    stranger: 'a signal from outside',
    probe: 'a probe failed',
    budget: 'restart budget spent',
    dependency: 'waits for others',
    'worker-lost': 'worker lost',
    disabled: 'disabled',
    superseded: 'taken over',
    recovery: 'recovery',
    start: 'start',
    none: 'nothing to explain',
  },
};

export const waiting = {
  label: 'What it waits for',
  on: { started: 'must run', ready: 'must be ready', completed: 'must have completed' },
};

export const disabled = {
  short: 'disabled',
  by: (who: string) => `Disabled by ${who}`,
  forever: 'until somebody enables it',
  until: (time: string) => `until ${time}`,
  ask: 'Disable…',
  title: (n: number) => (n === 1 ? 'Disable 1 process?' : `Disable ${n.toLocaleString('en')} processes?`),
  lead: 'It is stopped, and kept stopped whatever would start it: restarts, reboots, dependents, recovery.',
  reason: 'Reason, for whoever finds it so',
  untilLabel: 'Until',
  untilHint: 'How long from now (90s, 2h, 1d), or a date (2026-01-31T12:00:00Z)',
  button: (n: number) => `Disable ${n}`,
};

export const incident = {
  title: (n: number) => `${n.toLocaleString('en')} failures at once.`,
  brake: 'FailureHandler holds back: it restarts and reassigns nothing.',
  release: (span: string) => `It lets go in ${span}, if nothing more fails.`,
};

export const recovery = {
  title: 'Recovery',
  lead: 'What went wrong, what was made of it, and what came of that: by the launchers, and by FailureHandler where one launcher cannot.',
  total: 'Recoveries',
  successful: 'Succeeded',
  failed: 'Failed',
  rate: 'Success rate',
  none: 'Nothing had to be recovered yet.',
  stories: 'Stories',
  incidents: 'Incidents',
  kind: 'Kind of trouble',
  kinds: {
    crash: 'crash',
    'crash-loop': 'crash loop',
    'worker-lost': 'worker lost',
    zombie: 'zombie',
    silence: 'silence',
    unhealthy: 'unhealthy',
    breach: 'threshold',
    'stop-all': 'stop of all',
  },
  ends: { going: 'going on', ok: 'succeeded', failed: 'failed' },
  attempt: (n: number, max: number) => `attempt ${n} of ${max}`,
  inIncident: 'part of an incident',
  found: 'Found',
  decided: 'Decided',
  did: 'Did',
  result: 'Result',
  notYet: 'not yet',
  took: (span: string) => `took ${span}`,
  since: (span: string) => `for ${span}`,
};
