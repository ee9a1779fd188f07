/** What is asked of processes, what is confirmed first, and what came of it. */
import { plural } from './plural';

export const verbs = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  kill: 'Kill',
  disable: 'Disable',
  enable: 'Enable',
};

export const requested = {
  start: 'start requested',
  stop: 'stop requested',
  restart: 'restart requested',
  kill: 'kill requested',
  disable: 'disable requested',
  enable: 'enable requested',
};

export const confirm = {
  title: {
    start: (n: number) => `Start ${plural(n, 'process', 'processes')}?`,
    stop: (n: number) => `Stop ${plural(n, 'process', 'processes')}?`,
    restart: (n: number) => `Restart ${plural(n, 'process', 'processes')}?`,
    kill: (n: number) => `Kill ${plural(n, 'process', 'processes')}?`,
  },
  button: {
    start: (n: number) => `Start ${n}`,
    stop: (n: number) => `Stop ${n}`,
    restart: (n: number) => `Restart ${n}`,
    kill: (n: number) => `Kill ${n}`,
  },
  ends: (n: number) => `${plural(n, 'running process', 'running processes')} will be ended.`,
  endsNone: 'Nothing that runs will be ended.',
  kill: 'SIGKILL, at once and to the whole tree: nothing can be saved, no handler runs.',
  effects: {
    ends: 'will be ended',
    replaces: 'will be ended and started again',
    starts: 'will be started',
    'calls-off': 'its coming restart is called off',
    nothing: 'already so; nothing happens',
    queued: 'its worker is not connected; the command waits for it',
    forbidden: 'you may not; it will be refused',
  },
  list: 'What it hits',
  cancel: 'Cancel',
};

export const results = {
  region: 'Results of commands',
  dismiss: 'Dismiss',
  one: {
    start: (name: string) => `${name}: started`,
    stop: (name: string) => `${name}: stopped`,
    restart: (name: string) => `${name}: restarted`,
    kill: (name: string) => `${name}: killed`,
    disable: (name: string) => `${name}: disabled`,
    enable: (name: string) => `${name}: enabled`,
  },
  failed: {
    start: (name: string) => `${name} was not started`,
    stop: (name: string) => `${name} was not stopped`,
    restart: (name: string) => `${name} was not restarted`,
    kill: (name: string) => `${name} was not killed`,
    disable: (name: string) => `${name} was not disabled`,
    enable: (name: string) => `${name} was not enabled`,
  },
  queued: (name: string) => `${name}: waits for its worker`,
  many: {
    start: (ok: number, all: number) => `Started ${ok} of ${all}`,
    stop: (ok: number, all: number) => `Stopped ${ok} of ${all}`,
    restart: (ok: number, all: number) => `Restarted ${ok} of ${all}`,
    kill: (ok: number, all: number) => `Killed ${ok} of ${all}`,
    disable: (ok: number, all: number) => `Disabled ${ok} of ${all}`,
    enable: (ok: number, all: number) => `Enabled ${ok} of ${all}`,
  },
  more: (n: number) => `and ${n.toLocaleString('en')} more`,
  copied: 'Copied',
  notCopied: 'Could not copy; select the text and copy it by hand.',
};

export const certificate = {
  title: 'Last stop',
  none: 'Nothing was stopped yet.',
  signal: (signal: string, after: string) => `${signal} ${after}`,
  seen: (n: number) => `${n} seen`,
  gone: (after: string) => `all gone ${after}`,
  left: (n: number) => `not stopped: ${plural(n, 'process', 'processes')} left`,
  by: { cgroup: 'verified by cgroup', 'proc-scan': 'verified by a scan of /proc', 'pid-list': 'by pids alone' },
  process: 'Process',
  goneAfter: 'Gone after',
  stillThere: 'still there',
  signals: 'Signals',
  to: (signal: string, whom: string, after: string) => `${signal} to ${whom} after ${after}`,
};
