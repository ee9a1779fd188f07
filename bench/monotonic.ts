/** CLOCK_MONOTONIC in ms: one clock for every process of this machine, so a child's stamp can be compared with ours. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
