/**
 * Whether a search thread is still at the same block. It says so in shared memory, for while it is at one it says nothing
 * else: how many it has begun, and 1 while it is at one.
 */

const LOOKS = 4;

/**
 * Looks are counted, not time: when this whole program was not let run for a while, neither was the thread, and that is one
 * look only.
 * @param caught told when it was at one block for that long; the interval is the caller's to clear
 */
export function watchPulse(pulse: SharedArrayBuffer, blockMsMax: number, caught: () => void): NodeJS.Timeout {
  const beats = new Int32Array(pulse);
  let block = -1;
  let looks = 0;
  return setInterval(() => {
    const current = Atomics.load(beats, 0);
    if (Atomics.load(beats, 1) === 0 || current !== block) [block, looks] = [current, 0];
    else if (++looks === LOOKS) caught();
  }, blockMsMax / LOOKS);
}
