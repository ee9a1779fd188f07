/**
 * What is known after somebody cut an output file short under its writer, which goes on at the new end. Nobody tells where
 * it was cut: below that place are bytes of before, above it new ones, and all that is seen is how long the file is now.
 * So what the manager has is never sent again, and what may be missing is counted. Pure.
 */
export interface CutFile {
  /** The offset of the file's first byte, as it was. */
  readonly shift: number;
  /** The offset behind all that was ever seen of the output. */
  readonly end: number;
  /** The offset behind all that the manager has. */
  readonly shippedTo: number;
  /** Bytes that are in the file now. */
  readonly size: number;
  /** From this place in the file on it is known to be new (head.ts); null = nothing is known. */
  readonly newFrom: number | null;
}

/** What comes next is at `goneTo - shift` in the file. */
export interface AfterCut {
  /** Offsets below this are no longer here, or were shipped. */
  readonly goneTo: number;
  /** The offset of the file's first byte from now on. */
  readonly shift: number;
}

export function afterCut({ shift, end, shippedTo, size, newFrom }: CutFile): AfterCut {
  const shipped = Math.max(0, shippedTo - shift);
  // Emptied, as most who cut a file do: all that was not shipped is lost, all that is there is new.
  if (newFrom !== null && newFrom <= shipped) return { goneTo: end, shift: end - newFrom };
  // Below this place new bytes cannot be told from those that the manager has; above it none was ever sent.
  const from = Math.min(size, shipped);
  const goneTo = Math.max(shippedTo, end - (size - from));
  return { goneTo, shift: goneTo - from };
}
