import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { Attempt } from '../../core/jobs/rows';
import { followAttempt } from './job-log-follow';
import type { HttpParts } from './route';

const MINUTE = 60_000;

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => jest.useRealTimers());

/** Somebody follows an attempt that wrote twelve bytes, of which so many are stored. */
class Following {
  readonly #news = new EventEmitter();
  length: number;
  isDone = false;
  said = '';
  state: Attempt['state'];

  constructor(stored: number, endedMinutesAgo: number | null) {
    this.length = stored;
    this.state =
      endedMinutesAgo === null
        ? { kind: 'running', sinceMs: Date.now() }
        : { kind: 'ended', outcome: 'completed', why: '', atMs: Date.now() - endedMinutesAgo * MINUTE };
    const attempt = (): Attempt =>
      ({ id: 'j.1', worker: 'w1', run: 'r', output: null, outputBytes: 12, state: this.state }) as unknown as Attempt;
    const parts = {
      engine: {
        get nowMs() {
          return Date.now();
        },
        feed: { listen: () => () => undefined },
        read: (look: (model: unknown) => unknown) => look({ jobs: { attempt } }),
      },
      logs: {
        length: () => this.length,
        subscribe: (_worker: string, _process: string, listener: () => void) => {
          this.#news.on('piece', listener);
          return () => this.#news.off('piece', listener);
        },
        read: (_ref: unknown, { offset }: { offset: number }) => ({
          end: this.length,
          stream: ['.'.repeat(this.length - offset)],
        }),
      },
    } as unknown as HttpParts;
    const response = new Writable({
      write: (piece: Buffer, _encoding, done) => {
        this.said += piece.toString();
        done();
      },
    });
    void followAttempt(parts, attempt(), { limit: 0 }, response, new AbortController().signal).then(
      () => (this.isDone = true),
    );
  }

  /** The store now holds so many bytes, and says so. */
  async stored(bytes: number): Promise<void> {
    this.length = bytes;
    this.#news.emit('piece');
    await this.settled();
  }
  async passed(minutes: number): Promise<void> {
    await this.settled();
    await jest.advanceTimersByTimeAsync(minutes * MINUTE);
    await this.settled();
  }
  private async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('an end whose output is all here is an end at once', async () => {
  const following = new Following(12, 0);
  await following.passed(0);
  expect(following).toMatchObject({ isDone: true, said: '............' });
});

test('output that is no longer kept is not waited for without end', async () => {
  const following = new Following(0, 24 * 60);
  await following.passed(9);
  expect(following.isDone).toBe(false);
  await following.passed(2);
  expect(following).toMatchObject({ isDone: true, said: '' });
});

test('as long as something comes, the rest is waited for', async () => {
  const following = new Following(4, 0);
  await following.passed(8);
  await following.stored(8);
  await following.passed(8);
  expect(following.isDone).toBe(false);
  await following.stored(12);
  expect(following).toMatchObject({ isDone: true, said: '............' });
});

test('output that is forgotten while it is followed ends at once', async () => {
  const following = new Following(4, 0);
  await following.passed(1);
  await following.stored(0);
  expect(following).toMatchObject({ isDone: true, said: '....' });
});

test('what runs may be silent for as long as it likes', async () => {
  const following = new Following(4, null);
  await following.passed(24 * 60);
  expect(following.isDone).toBe(false);
  // Its end is told at another place than its output; the output's last piece is what is seen here.
  following.state = { kind: 'ended', outcome: 'completed', why: '', atMs: Date.now() };
  await following.stored(12);
  expect(following).toMatchObject({ isDone: true, said: '............' });
});
