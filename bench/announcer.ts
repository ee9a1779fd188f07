/**
 * The child of the latency measures: says its pid and the time the moment it is alive, then waits for a signal. The
 * same program for every contender. In C where a compiler is at hand, because then it adds 0.4 ms and stamps its own
 * main(); else in sh, stamped when its line arrives.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { monotonicMs } from './monotonic';
import { within } from './deadline';
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
  for (;;) pause();
}
`;
const IN_SH = `#!/bin/sh
echo "$$ 0" >"$1"
exec sleep 2147483647
`;

export interface Announcement {
  readonly pid: number;
  /** When main() ran, by monotonicMs. */
  readonly atMs: number;
}

/** @returns the program; its one argument is the FIFO it announces itself in */
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

/** A FIFO and what came through it, in order. */
export class Announcements {
  readonly #heard: Announcement[] = [];
  readonly #waiting: ((announcement: Announcement) => void)[] = [];
  #rest = '';

  constructor(
    rig: Rig,
    readonly fifo: string,
  ) {
    execFileSync('mkfifo', [fifo]);
    // Open for writing too: else every child that closes its end would be an end of file.
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const held = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', (data: Buffer) => this.#take(data.toString('latin1'), monotonicMs()));
    rig.atEnd(() => {
      socket.destroy();
      closeSync(held);
    });
  }

  /** The next one not yet taken. */
  next(): Promise<Announcement> {
    const heard = this.#heard.shift();
    if (heard !== undefined) return Promise.resolve(heard);
    const coming = new Promise<Announcement>((resolve) => this.#waiting.push(resolve));
    return within(20_000, `a child to announce itself in ${this.fifo}`, coming);
  }

  #take(text: string, arrivedMs: number): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [pid = NaN, ns = 0] = line.split(' ').map(Number);
      const announcement = { pid, atMs: ns === 0 ? arrivedMs : ns / 1e6 };
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#heard.push(announcement);
      else waiting(announcement);
    }
  }
}
