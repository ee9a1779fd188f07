/** A clock of our making for one program: libfaketime, steered by a file. The kernel's own clock is not touched. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);

export const whyNoFakeClock = (): string | null =>
  LIBRARIES.some((path) => existsSync(path)) ? null : 'libfaketime is not installed (Debian: faketime)';

export class FakeClock {
  constructor(private readonly file: string) {
    this.set(0);
  }

  /** As root would set it: at once, for a program that runs. */
  set(offsetMinutes: number): void {
    const next = `${this.file}.next`;
    writeFileSync(next, `${offsetMinutes < 0 ? '' : '+'}${offsetMinutes}m\n`);
    // Read at any moment, and never half.
    renameSync(next, this.file);
  }

  /** The monotonic clock is left alone, as the kernel leaves it. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: LIBRARIES.find((path) => existsSync(path)) ?? '',
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }
}

/** Shared memory that a program under such a clock leaves behind when it is killed. */
export function forgetClockOf(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(`/dev/shm/${name}`, { force: true });
}
