/** nvidia-smi's comma-separated answers, read. Pure; what a driver does not support it answers with `[N/A]`. */
import type { GpuDevice } from '../../protocol/link';

const MIB = 2 ** 20;

export const DEVICE_QUERY = 'index,uuid,name,memory.total,memory.used,utilization.gpu';
export const HOLDER_QUERY = 'pid,gpu_uuid,used_memory';

export function parseDevices(text: string): GpuDevice[] {
  return rowsOf(text).flatMap(([index, uuid, name, total, used, busy]) => {
    if (index === undefined || uuid === undefined || !/^\d+$/.test(index)) return [];
    return [
      {
        index: Number(index),
        uuid,
        name: name ?? '',
        memoryTotalBytes: (numberOf(total) ?? 0) * MIB,
        memoryUsedBytes: (numberOf(used) ?? 0) * MIB,
        utilization: share(numberOf(busy)),
      },
    ];
  });
}

/** Who holds memory of which device. */
export interface GpuHolder {
  readonly pid: number;
  readonly uuid: string;
  readonly memoryBytes: number;
}

export function parseHolders(text: string): GpuHolder[] {
  return rowsOf(text).flatMap(([pid, uuid, used]) =>
    pid === undefined || uuid === undefined || !/^\d+$/.test(pid)
      ? []
      : [{ pid: Number(pid), uuid, memoryBytes: (numberOf(used) ?? 0) * MIB }],
  );
}

/** `nvidia-smi pmon -c 1 -s u`: `# gpu pid type sm mem ...`, a line each; busy share by pid and device index. */
export function parseProcessUse(text: string): { pid: number; index: number; utilization: number }[] {
  return text.split('\n').flatMap((line) => {
    const [index, pid, , sm] = line.trim().split(/\s+/);
    if (line.startsWith('#') || index === undefined || !/^\d+$/.test(pid ?? '')) return [];
    const utilization = share(numberOf(sm));
    return utilization === null ? [] : [{ pid: Number(pid), index: Number(index), utilization }];
  });
}

const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));

function numberOf(cell: string | undefined): number | null {
  const number = cell === undefined || cell === '' ? NaN : Number(cell);
  return Number.isFinite(number) ? number : null;
}

const share = (percent: number | null): number | null => (percent === null ? null : percent / 100);
