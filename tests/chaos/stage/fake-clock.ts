/** A clock of our making for one program: libfaketime, steered by a file. The kernel's own clock is not touched. */
import { existsSync, writeFileSync } from 'node:fs';

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
  set(offsetDays: number): void {
    writeFileSync(this.file, `${offsetDays < 0 ? '' : '+'}${offsetDays}d\n`);
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
