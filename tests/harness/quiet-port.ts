/**
 * A free port that the kernel gives to nobody by itself: below the range from which it serves `port: 0` and outgoing
 * connections. A program on it can be ended and started again, and no other takes its place meanwhile.
 */
import { isFree } from '../../src/cli/selftest/quiet-port';

const FIRST = 20_000;
/** Linux's range for ephemeral ports begins at 32768. */
const LAST = 32_000;
/** Test files run beside each other, and each of jest's workers has ports of its own. */
const LANES = 16;
const LANE_PORTS = (LAST - FIRST) / LANES;

const given = new Set<number>();

/** Given once. The port above it is free, too, and nobody else's: ZeroMQ's output is there. */
export async function quietPort(): Promise<number> {
  const lane = FIRST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % LANES) * LANE_PORTS;
  for (;;) {
    const port = lane + 2 * Math.floor((Math.random() * LANE_PORTS) / 2);
    if (given.has(port)) continue;
    // Before it is asked for: two may look for one at once.
    given.add(port);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}
