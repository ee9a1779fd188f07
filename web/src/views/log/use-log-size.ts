/** How high the log view is, and how many cells of its font fit beside each other. */
import { useLayoutEffect, useState, type RefObject } from 'react';

/** Left and right padding of a row, and the scroll bar's share. styles/log.css pads by 12 on each side. */
const SIDES_PIXELS = 40;
const PROBE_CELLS = 100;

export function useLogSize(of: RefObject<HTMLElement | null>): { height: number; columns: number } {
  const [size, setSize] = useState({ height: 600, columns: 80 });
  useLayoutEffect(() => {
    const element = of.current;
    if (element === null) return;
    const measure = () => {
      const cell = cellPixels(element);
      const columns = Math.max(20, Math.floor((element.clientWidth - SIDES_PIXELS) / cell));
      const height = element.clientHeight;
      setSize((before) => (before.height === height && before.columns === columns ? before : { height, columns }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return size;
}

function cellPixels(inside: HTMLElement): number {
  const probe = document.createElement('span');
  probe.className = 'log-probe';
  probe.textContent = '0'.repeat(PROBE_CELLS);
  inside.append(probe);
  const width = probe.getBoundingClientRect().width / PROBE_CELLS;
  probe.remove();
  return width > 0 ? width : 8;
}
