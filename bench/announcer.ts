/**
 * The child of the latency measures: says its pid and the time the moment it is alive, then waits for a signal or ends. The
 * same program for every contender. In C where a compiler is at hand, because then it adds 0.4 ms and stamps its own
 * main(); else in sh, stamped when its line arrives.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { LineFifo } from './fifo';
import type { Rig } from './rig';

const IN_C = `
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  char line[64];
  int n = snprintf(line, sizeof line, "%d %lld\\n", getpid(), t.tv_sec * 1000000000LL + t.tv_nsec);
  int fifo = open(argv[argc - 1], O_WRONLY);
  if (write(fifo, line, n) != n) return 1;
  close(fifo);
  if (argc == 2) for (;;) pause();
  return 0;
}
`;
const IN_SH = `#!/bin/sh
for fifo; do :; done
echo "$$ 0" >"$fifo"
[ $# -gt 1 ] || exec sleep 2147483647
`;

export interface Announcement {
  readonly pid: number;
  /** When main() ran, by monotonicMs. */
  readonly atMs: number;
}

/** @returns the program; its last argument is the FIFO it announces itself in. With one before, `once`, it ends then. */
export function buildAnnouncer(rig: Rig): { readonly path: string; readonly language: 'C' | 'sh' } {
  const path = rig.path('announcer');
  const source = rig.path('announcer.c');
  writeFileSync(source, IN_C);
  for (const linkage of [['-static'], []])
    try {
      execFileSync('cc', ['-O2', ...linkage, '-o', path, source], { stdio: 'ignore' });
      return { path, language: 'C' };
    } catch {
      // no compiler, or no static C library: the next way
    }
  writeFileSync(path, IN_SH);
  chmodSync(path, 0o755);
  return { path, language: 'sh' };
}

/** Where children announce themselves, one after the other. */
export class Announcements {
  readonly #lines: LineFifo;

  constructor(rig: Rig, name: string) {
    this.#lines = new LineFifo(rig, name);
  }

  get fifo(): string {
    return this.#lines.path;
  }

  async next(): Promise<Announcement> {
    const { text, arrivedMs } = await this.#lines.next();
    const [pid = NaN, ns = 0] = text.split(' ').map(Number);
    return { pid, atMs: ns === 0 ? arrivedMs : ns / 1e6 };
  }
}
