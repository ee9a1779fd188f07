/** Machines and what is used of them. */
export const usage = {
  range: 'Time span',
  ranges: { '5m': '5 minutes', '3h': '3 hours', '24h': '24 hours', '2w': '2 weeks' },
  asking: 'Reading…',
  none: 'Nothing was measured in this time.',
  figures: {
    cpu: 'CPU',
    memory: 'Memory',
    read: 'Disk read',
    write: 'Disk written',
    open_files: 'Open files',
    gpu: 'GPU',
    gpu_memory: 'GPU memory',
  },
  described: (what: string, now: string, most: string) => `${what}: now ${now}, at most ${most}`,
  gpus: 'GPUs',
  device: 'Device',
  holders: 'Held by',
  nobody: 'no process of ours',
};

export const worker = {
  label: (id: string) => `Worker ${id}`,
  tabsLabel: 'Views of this worker',
  gone: 'This worker is not known to the manager. It may have been removed, or the address is mistyped.',
  types: {
    remote: 'launcher',
    local: 'beside the manager',
    plain: 'plain HTTP client',
    claim: 'RemoteGPU agent',
    sse: 'SimpleTuner worker',
  },
};

export const machine = {
  title: 'Machine',
  registered: 'Registered',
  unknown: 'not told yet',
  cpus: 'Cores',
  load: 'Load',
  memory: 'Memory',
  disk: 'Disk of its launcher',
  freeOf: (free: string, all: string) => `${free} free of ${all}`,
};

export const rolling = {
  ask: 'Restart a few at a time…',
  title: (n: number) =>
    n === 1 ? 'Restart 1 process' : `Restart ${n.toLocaleString('en')} processes, a few at a time`,
  lead: 'In the order of their dependencies; each is waited for until it is up and ready. The first failure ends it, and the rest is not touched.',
  atOnce: 'At a time',
  timeout: 'Seconds for each',
  timeoutHint: 'An hour at most',
  button: (n: number) => `Restart ${n}`,
  going: (up: number, all: number) => `${up} of ${all} are up. It goes on when this is closed.`,
  over: (up: number, all: number) => `Over: ${up} of ${all} are up.`,
  list: 'How far each is',
  steps: { later: 'not yet', now: 'at its turn', up: 'up', failed: 'failed', untouched: 'not touched' },
};

export const search = {
  ask: 'Search their output…',
  title: (n: number) =>
    n === 1 ? 'Search the output of 1 process' : `Search the output of ${n.toLocaleString('en')} processes`,
  close: 'Back to the table',
  what: 'What to look for',
  matchCase: 'Match case',
  regex: 'Regular expression',
  since: 'How far back',
  ever: 'all that is kept',
  last: (span: string) => `last ${span}`,
  go: 'Search',
  lead: 'Everything that is stored of them, merged by the time of arrival.',
  found: (n: number) => (n === 1 ? '1 hit' : `${n.toLocaleString('en')} hits`),
  badPattern: (why: string) => `The pattern does not work: ${why}`,
};
