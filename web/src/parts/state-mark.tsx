/**
 * A state as a shape. Each has a form of its own, so it is told apart without colour; the word stands beside it, so the
 * shape itself is silent.
 */
import type { ShownJobState } from '../../../protocol/jobs';
import type { ShownProcessState, WorkerState } from '../../../protocol/views';
import type { Tone } from '../state/tone';

export type AnyState = ShownProcessState | WorkerState | ShownJobState;

export const TONES: Readonly<Record<AnyState, Tone>> = {
  running: 'good',
  busy: 'good',
  idle: 'calm',
  stopped: 'calm',
  exited: 'calm',
  completed: 'good',
  cancelled: 'calm',
  queued: 'calm',
  assigned: 'moving',
  starting: 'moving',
  stopping: 'moving',
  connecting: 'moving',
  draining: 'moving',
  waiting: 'moving',
  backoff: 'warn',
  stale: 'warn',
  pending_approval: 'warn',
  failed: 'bad',
  offline: 'bad',
  unknown: 'lost',
};

/** The manager may know more words than this page. */
export const isShownState = (word: string): word is AnyState => word in TONES;

const ring = <circle cx="8" cy="8" r="5.25" className="mark-line" />;
const SHAPES: Readonly<Record<AnyState, React.ReactNode>> = {
  running: <circle cx="8" cy="8" r="5" className="mark-fill" />,
  busy: <rect x="3" y="3" width="10" height="10" rx="2.5" className="mark-fill" />,
  idle: <rect x="3.25" y="3.25" width="9.5" height="9.5" rx="2.5" className="mark-line" />,
  stopped: <rect x="4" y="4" width="8" height="8" rx="1" className="mark-line" />,
  exited: (
    <>
      {ring}
      <path d="M5.6 8.2 7.3 9.9 10.5 6.3" className="mark-line" />
    </>
  ),
  completed: <path d="M2.8 8.6 6.4 12.2 13.2 4.4" className="mark-line" strokeWidth="2.4" />,
  cancelled: (
    <>
      {ring}
      <path d="M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2" className="mark-line" />
    </>
  ),
  queued: <path d="M3 4.2h10M3 8h10M3 11.8h6" className="mark-line" />,
  assigned: (
    <>
      {ring}
      <path d="M5.2 8h5.2M8.2 5.8 10.6 8l-2.4 2.2" className="mark-line" />
    </>
  ),
  starting: (
    <>
      {ring}
      <path d="M8 2.75a5.25 5.25 0 0 1 0 10.5z" className="mark-fill" />
    </>
  ),
  stopping: (
    <>
      {ring}
      <rect x="6" y="6" width="4" height="4" className="mark-fill" />
    </>
  ),
  connecting: <circle cx="8" cy="8" r="5.25" className="mark-line" strokeDasharray="1.5 2.6" />,
  draining: (
    <>
      {ring}
      <path d="M8 5v5.5M5.9 8.6 8 10.7l2.1-2.1" className="mark-line" />
    </>
  ),
  waiting: (
    <>
      {ring}
      <path d="M6.4 5.6v4.8M9.6 5.6v4.8" className="mark-line" />
    </>
  ),
  backoff: (
    <>
      {ring}
      <path d="M8 4.8V8l2.2 1.6" className="mark-line" />
    </>
  ),
  stale: (
    <>
      <circle cx="8" cy="8" r="5.25" className="mark-line" strokeDasharray="3.5 2" />
      <path d="M8 5.2V8l1.9 1.4" className="mark-line" />
    </>
  ),
  pending_approval: (
    <>
      {ring}
      <path d="M5.6 8h.01M8 8h.01M10.4 8h.01" className="mark-line mark-dots" />
    </>
  ),
  failed: (
    <>
      <path d="M8 1.8 14.8 13.6H1.2Z" className="mark-fill" />
      <path d="M8 6v3.6M8 11.6v.01" className="mark-cut" />
    </>
  ),
  offline: (
    <>
      {ring}
      <path d="M4.4 11.6 11.6 4.4" className="mark-line" />
    </>
  ),
  unknown: (
    <>
      <path d="M8 1.6 14.4 8 8 14.4 1.6 8Z" className="mark-line" />
      <path d="M6.5 6.7c0-2 3-2 3 0 0 1.2-1.5 1.2-1.5 2.3M8 11v.01" className="mark-line" />
    </>
  ),
};

export function StateMark({ state }: { state: AnyState }) {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true" data-tone={TONES[state]}>
      {SHAPES[state]}
    </svg>
  );
}
