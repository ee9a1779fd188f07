/** Schedules: jobs by the calendar. */
const n0 = (n: number): string => n.toLocaleString('en');

export const schedules = {
  label: 'Schedules, by name',
  reading: 'Reading…',
  none: 'No schedule yet.',
  noneLead: 'A schedule submits a job at the times of a cron expression. From the command line:',
  name: 'Schedule',
  state: 'State',
  states: { active: 'active', paused: 'paused', over: 'over' },
  when: 'When',
  next: 'Next',
  inSpan: (span: string) => `in ${span}`,
  last: 'Last job',
  lastFor: (time: string) => `for ${time}`,
  left: (time: string, why: string) => `Nothing came of ${time}: ${why}`,
  counts: 'So far',
  submitted: (n: number) => `${n0(n)} submitted`,
  skipped: (n: number) => `${n0(n)} skipped`,
  missed: (n: number) => `${n0(n)} missed`,
  jobs: (name: string) => `Jobs of ${name}`,
  run: (name: string) => `Run ${name} now`,
  ran: (name: string) => `${name}: a job is submitted`,
  pause: (name: string) => `Pause ${name}`,
  paused: (name: string) => `${name}: paused`,
  resume: (name: string) => `Resume ${name}`,
  resumed: (name: string) => `${name}: goes on with its next time`,
};
