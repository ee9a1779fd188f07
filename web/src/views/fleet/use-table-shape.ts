/** The table's shape by its own width. */
import { useLayoutEffect, useState, type RefObject } from 'react';
import type { Row } from '../../state/rows';

export type TableShape = 'wide' | 'snug' | 'cards';

/** Pixels of a row, by its kind. Known here so that nothing has to be measured; styles/fleet.css fills them. */
export const ROW_HEIGHTS: Readonly<Record<TableShape, Readonly<Record<Row['kind'], number>>>> = {
  wide: { process: 40, worker: 40, idle: 40 },
  snug: { process: 54, worker: 44, idle: 54 },
  cards: { process: 96, worker: 64, idle: 84 },
};

export function useTableShape(of: RefObject<HTMLElement | null>): TableShape {
  const [shape, setShape] = useState<TableShape>('wide');
  useLayoutEffect(() => {
    const element = of.current;
    if (element === null) return;
    const measure = () => {
      const width = element.clientWidth;
      setShape(width < 620 ? 'cards' : width < 1080 ? 'snug' : 'wide');
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return shape;
}
