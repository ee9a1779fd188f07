/** Where a row stands in the table. */
import type { CSSProperties } from 'react';

export interface RowPlace {
  /** 1 is the head. */
  readonly index: number;
  readonly top: number;
  readonly height: number;
}

/** What every row carries: its place, its name for the keyboard, and where it is read out. */
export const rowProps = (id: string, place: RowPlace, current: boolean) => ({
  id: `row-${id}`,
  role: 'row',
  'aria-rowindex': place.index,
  'data-current': current || undefined,
  style: { height: place.height, transform: `translateY(${place.top}px)` } satisfies CSSProperties,
});
