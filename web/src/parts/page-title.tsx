/** The heading of a page that was opened from another one: it is where the reader goes on, and has the focus. */
import { useEffect, useRef } from 'react';

export function PageTitle({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
