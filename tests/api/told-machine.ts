/** What a beat tells of a machine and of its only device, for tests of who is given that. */
export const DEVICE = {
  index: 0,
  uuid: 'GPU-0',
  name: 'Test 9000',
  memoryTotalBytes: 2 ** 34,
  memoryUsedBytes: 0,
  utilization: 0,
};
export const MACHINE = { cpus: 4, cpu: 0, memoryTotalBytes: 2 ** 34, memoryAvailableBytes: 2 ** 33, load1: 0 };
