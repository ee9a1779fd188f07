/**
 * A container engine of the tests' own: Podman with a store, a socket and an image that are made here and removed after. The
 * machine's own engine and its containers are never touched, and no registry is asked: the image is a static busybox.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { until } from '../../harness/until';

export const IMAGE = 'localhost/procguard-test:1';
const APPLETS = 'cat dd echo env head id ls mkdir od printf pwd seq sh sleep stat tail touch tr wc yes'.split(' ');

export type Found =
  | { readonly kind: 'engine'; readonly engine: OwnEngine }
  /** Why none can run here, for the one who reads that tests were skipped. */
  | { readonly kind: 'none'; readonly why: string };

/** What an engine says of a container, as far as tests look. */
export interface Listed {
  readonly Id: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export class OwnEngine {
  readonly socket: string;
  #service: ChildProcess | null = null;

  constructor(private readonly directory: string) {
    this.socket = join(directory, 'podman.sock');
  }

  /** For a launcher: where its engine is. */
  get env(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}` };
  }

  async start(): Promise<void> {
    this.#service = spawn('podman', ['system', 'service', '--time', '0', `unix://${this.socket}`], {
      env: { ...process.env, ...settingsIn(this.directory) },
      // conmon leaves a file where it stands when the kernel kills for memory.
      cwd: this.directory,
      stdio: 'ignore',
    });
    await until('the engine to listen', 30_000, () => this.#ask('/_ping') !== null);
  }

  /** SIGKILL to the service: what it has started goes on. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.socket, { force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const service = this.#service;
    if (service === null) return;
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill(signal);
    await ended;
    this.#service = null;
  }

  /** All that it has, also what does not run. */
  containers(): readonly Listed[] {
    const listed = this.#ask('/containers/json?all=true');
    if (listed === null) throw new Error('the engine does not answer');
    return JSON.parse(listed) as Listed[];
  }

  inspect(id: string): { State: { Pid: number }; HostConfig: Record<string, unknown>; Config: { Env: string[] } } {
    return JSON.parse(this.#ask(`/containers/${id}/json`) ?? 'null');
  }

  #ask(path: string): string | null {
    const words = ['-sf', '--max-time', '30', '--unix-socket', this.socket, `http://engine${path}`];
    const { status, stdout } = spawnSync('curl', words, { encoding: 'utf8' });
    return status === 0 ? stdout : null;
  }

  /** Brings a program into a container, and does not wait for it. */
  exec(id: string, words: readonly string[]): void {
    const { status, stderr } = podman(this.directory, ['exec', '--detach', id, ...words]);
    if (status !== 0) throw new Error(stderr);
  }

  /** Everything of it, also what a failed test left. */
  async remove(): Promise<void> {
    podman(this.directory, ['rm', '--all', '--force', '--time', '0']);
    await this.#end('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Tries it out: that a program is installed does not mean that the kernel lets it. */
export function findEngine(): Found {
  if (spawnSync('podman', ['--version']).status !== 0) return { kind: 'none', why: 'podman is not installed' };
  if (process.getuid?.() !== 0) return { kind: 'none', why: 'an engine of the tests’ own takes root' };
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(existsSync);
  if (busybox === undefined) return { kind: 'none', why: 'there is no busybox to make an image of' };
  const directory = mkdtempSync('/var/tmp/procguard-engine-');
  const whyNot: string[] = [];
  for (const runtime of ['crun', 'runc']) {
    const program = spawnSync('sh', ['-c', `command -v ${runtime}`], { encoding: 'utf8' }).stdout.trim();
    if (program === '') continue;
    writeSettings(directory, program);
    if (!existsSync(join(directory, 'image'))) makeImage(directory, busybox);
    const tried = podman(directory, ['run', '--rm', '--network=none', '--memory=32m', IMAGE, 'echo', 'it runs']);
    if (tried.status === 0) return { kind: 'engine', engine: new OwnEngine(directory) };
    whyNot.push(`${runtime}: ${tried.stderr.trim().split('\n').at(-1)}`);
  }
  rmSync(directory, { recursive: true, force: true });
  return { kind: 'none', why: whyNot.join('; ') || 'neither crun nor runc is installed' };
}

const podman = (directory: string, words: readonly string[]) =>
  spawnSync('podman', words, { encoding: 'utf8', env: { ...process.env, ...settingsIn(directory) }, timeout: 120_000 });

const settingsIn = (directory: string): Record<string, string> => ({
  CONTAINERS_CONF: join(directory, 'containers.conf'),
  CONTAINERS_STORAGE_CONF: join(directory, 'storage.conf'),
});

function writeSettings(directory: string, runtime: string): void {
  const usable = mayRaiseLimits() ? runtime : withoutRaisedLimits(directory, runtime);
  writeFileSync(
    join(directory, 'containers.conf'),
    `[engine]\nruntime = "${usable}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`,
  );
  const [store, run] = [join(directory, 'store'), join(directory, 'run')];
  writeFileSync(
    join(directory, 'storage.conf'),
    `[storage]\ndriver = "vfs"\ngraphroot = "${store}"\nrunroot = "${run}"\n`,
  );
}

/** CAP_SYS_RESOURCE, bit 24: many sandboxes have root without it. */
const mayRaiseLimits = (): boolean => {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
};

/** Podman gives each container the largest number of files and processes there is; here it may only keep what it has. */
function withoutRaisedLimits(directory: string, runtime: string): string {
  const path = join(directory, 'runtime-here');
  const script = `#!/bin/sh
config= previous=
for word; do
  [ "$previous" = --bundle ] && config=$word/config.json
  [ "$previous" = --process ] && config=$word
  previous=$word
done
[ -z "$config" ] || sed -i -E 's/\\{"type":"RLIMIT_(NPROC|NOFILE)","hard":[0-9]{5,},"soft":[0-9]+\\},?//g; s/,\\]/]/g' "$config"
exec ${runtime} "$@"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

function makeImage(directory: string, busybox: string): void {
  const root = join(directory, 'image');
  for (const folder of ['bin', 'tmp', 'proc', 'etc']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  const tar = join(directory, 'image.tar');
  spawnSync('tar', ['-C', root, '-cf', tar, '.']);
  podman(directory, ['import', tar, IMAGE]);
}
