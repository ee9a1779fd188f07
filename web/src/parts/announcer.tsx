/** Tells screen readers what changed, at most once in a while: a busy fleet must not talk without pause. */
import { useEffect, useRef, useState } from 'react';

const PAUSE_MS = 5_000;

export function Announcer({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const saidAtMs = useRef(performance.now());
  const first = useRef(text);
  useEffect(() => {
    // What was there when the page opened is read with the page.
    if (text === first.current && said === '') return;
    const waitMs = Math.max(600, saidAtMs.current + PAUSE_MS - performance.now());
    const timer = setTimeout(() => {
      saidAtMs.current = performance.now();
      setSaid(text);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <span className="off-screen" role="status">
      {said}
    </span>
  );
}
