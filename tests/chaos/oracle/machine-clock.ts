/** The machine's own clock, ms: the one that witnesses write down. No setting of the wall clock moves it, ours or a faked one. */
export const machineMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
