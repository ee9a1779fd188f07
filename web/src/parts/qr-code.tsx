/** A text as a QR code: one path, dark on light whatever the theme, because cameras want it so. */
import { useMemo } from 'react';
import { qrCodeOf } from '../state/qr-code';

/** The quiet zone, in modules. */
const MARGIN = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
  const grid = useMemo(() => qrCodeOf(text), [text]);
  if (grid === null) return null;
  const size = grid.length + 2 * MARGIN;
  const path = grid
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : '')))
    .join('');
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect className="qr-light" width={size} height={size} />
      <path className="qr-dark" d={path} />
    </svg>
  );
}
