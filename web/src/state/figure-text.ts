/** A figure of usage as people read it. */
import { formatBytes, formatCpu } from './durations';
import type { Figure } from './usage-ranges';

export function formatFigure(figure: Figure, value: number): string {
  switch (figure) {
    case 'cpu':
    case 'gpu':
      return formatCpu(value);
    case 'memory':
    case 'gpu_memory':
      return formatBytes(value);
    case 'read':
    case 'write':
      return `${formatBytes(value)}/s`;
    case 'open_files':
      return String(Math.round(value));
  }
}
