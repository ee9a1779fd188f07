import fc from 'fast-check';
import { linesOf, rawLine, type Block } from './log-block';
import { LogWindow, READ_BYTES, type Read } from './log-window';

const A = '1700000000000aaaaaaaaaaaa';
const B = '1700000001000bbbbbbbbbbbb';
const bytes = (text: string) => new TextEncoder().encode(text);

/** The manager's side: runs that are what they are, and reads of them. */
class Store {
  readonly runs = new Map<string, Uint8Array>();
  answer(read: Read) {
    const all = this.runs.get(read.runId) ?? new Uint8Array();
    return { offset: read.offset, size: all.length, data: all.subarray(read.offset, read.offset + read.bytes) };
  }
  views() {
    return [...this.runs].map(([run_id, all]) => ({ run_id, started_at_ms: 0, bytes: all.length }));
  }
}
const readLater = (window: LogWindow, store: Store) => {
  for (let read = window.wantsLater(); read !== null; read = window.wantsLater())
    window.placeLater(read, store.answer(read));
};
const readEarlier = (window: LogWindow, store: Store) => {
  for (let read = window.wantsEarlier(); read !== null; read = window.wantsEarlier())
    window.placeEarlier(read, store.answer(read));
};
const lines = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) =>
    block.kind === 'text'
      ? Array.from({ length: linesOf(block) }, (_, line) => rawLine(block, line))
      : [`<${block.kind}>`],
  );

it('shows a short log from its beginning and goes on with pushed pieces', () => {
  const store = new Store();
  store.runs.set(A, bytes('one\ntw'));
  const window = new LogWindow(store.views());
  readLater(window, store);
  window.offer(A, 6, bytes('o\nthree'));
  expect(lines(window.blocks)).toEqual(['<run>', 'one', 'two', 'three']);
});

it('begins a long log at a whole line near its end, and reads backwards to its beginning', () => {
  const store = new Store();
  const all = Array.from({ length: 60_000 }, (_, i) => `line ${i} ${'é'.repeat(i % 7)}`);
  store.runs.set(A, bytes(all.join('\n') + '\n'));
  const window = new LogWindow(store.views());
  readLater(window, store);
  expect(all).toContain(lines(window.blocks)[0]);
  expect(lines(window.blocks).length).toBeLessThan(all.length);
  readEarlier(window, store);
  expect(lines(window.blocks)).toEqual(['<run>', ...all]);
});

it('reads a hole before it shows what was pushed behind it', () => {
  const store = new Store();
  store.runs.set(A, bytes('a\n'));
  const window = new LogWindow(store.views());
  readLater(window, store);
  store.runs.set(A, bytes('a\nb\nc\nd\n'));
  window.offer(A, 6, bytes('d\n'));
  expect(lines(window.blocks)).toEqual(['<run>', 'a']);
  expect(window.wantsLater()).toMatchObject({ runId: A, offset: 2, bytes: 6 });
  readLater(window, store);
  expect(lines(window.blocks)).toEqual(['<run>', 'a', 'b', 'c', 'd']);
});

it('asks once more for the end of a run when the next one begins', () => {
  const store = new Store();
  store.runs.set(A, bytes('a\n'));
  const window = new LogWindow(store.views());
  readLater(window, store);
  store.runs.set(A, bytes('a\nlast words\n'));
  store.runs.set(B, bytes('again\n'));
  window.offer(B, 0, bytes('again\n'));
  readLater(window, store);
  expect(lines(window.blocks)).toEqual(['<run>', 'a', 'last words', '<run>', 'again']);
});

it('says what is no longer kept', () => {
  const window = new LogWindow([{ run_id: A, started_at_ms: 0, bytes: 4 }]);
  const read = window.wantsLater()!;
  window.placeLater(read, { offset: 0, size: 4, data: bytes('old\n') });
  window.offer(A, 100, bytes('new\n'));
  window.placeLater(window.wantsLater()!, { offset: 90, size: 104, data: bytes('kept here\nnew\n') });
  expect(lines(window.blocks)).toEqual(['<run>', 'old', '<gap>', 'kept here', 'new']);
  expect(window.blocks[2]).toMatchObject({ kind: 'gap', from: 4, to: 90, reason: null });
});

it('lets the oldest lines go when it holds too much, and can read them again', () => {
  const store = new Store();
  const window = new LogWindow([], 600_000);
  let all = '';
  for (let i = 0; i < 40_000; i++) {
    const line = `${i} ${'x'.repeat(40)}\n`;
    window.offer(A, all.length, bytes(line));
    all += line;
  }
  store.runs.set(A, bytes(all));
  expect(lines(window.blocks).at(-1)).toMatch(/^39999 /);
  expect(lines(window.blocks).length).toBeLessThan(20_000);
  const first = Number(lines(window.blocks)[0]!.split(' ')[0]);
  const read = window.wantsEarlier()!;
  window.placeEarlier(read, store.answer(read));
  expect(Number(lines(window.blocks)[0]!.split(' ')[0])).toBeLessThan(first);
  expect(window.detached).toBe(true);
});

it('jumps into history and reads on from there to the newest line', () => {
  const store = new Store();
  const all = Array.from({ length: 100_000 }, (_, i) => `line ${i}`);
  store.runs.set(A, bytes(all.join('\n') + '\n'));
  const window = new LogWindow(store.views());
  readLater(window, store);
  window.jump(A, 0);
  expect(window.detached).toBe(true);
  const read = window.wantsLater()!;
  window.placeLater(read, store.answer(read));
  expect(read.bytes).toBe(READ_BYTES);
  expect(lines(window.blocks).slice(0, 2)).toEqual(['<run>', 'line 0']);
  readLater(window, store);
  expect(window.detached).toBe(false);
  expect(lines(window.blocks)).toEqual(['<run>', ...all]);
});

it('drops an answer that was asked for before a jump', () => {
  const store = new Store();
  store.runs.set(A, bytes('line\n'.repeat(300_000)));
  const window = new LogWindow(store.views());
  const late = window.wantsLater()!;
  window.jump(A, 0);
  window.placeLater(late, store.answer(late));
  expect(lines(window.blocks)).toEqual(['<run>']);
});

it('ends with every byte, whatever pieces were left out, repeated, cut or late', () => {
  const piece = fc.record({ length: fc.integer({ min: 1, max: 40 }), lost: fc.boolean(), readNow: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 })), fc.array(piece), (written, pieces) => {
      const text = written.map((line) => line.replaceAll(/[\r\n]/g, ' ')).join('\n');
      const all = bytes(text);
      const store = new Store();
      const window = new LogWindow([{ run_id: A, started_at_ms: 0, bytes: 0 }]);
      let at = 0;
      for (const { length, lost, readNow } of pieces) {
        const data = all.slice(at, at + length);
        if (!lost && data.length > 0) window.offer(A, at, data);
        at += data.length;
        store.runs.set(A, all.slice(0, at));
        if (readNow) readLater(window, store);
      }
      store.runs.set(A, all);
      window.learnRuns(store.views());
      readLater(window, store);
      const shown = lines(window.blocks).slice(1).join('\n');
      expect(shown).toBe(text.endsWith('\n') ? text.slice(0, -1) : text);
    }),
  );
});

it('steps over what is missing, in the middle and at the end', () => {
  const window = new LogWindow([{ run_id: A, started_at_ms: 0, bytes: 100 }]);
  const stored: readonly [number, string][] = [
    [0, 'one\n'],
    [50, 'two\n'],
  ];
  let reads = 0;
  for (let read = window.wantsLater(); read !== null && ++reads < 10; read = window.wantsLater()) {
    const { offset } = read;
    const [at, text] = stored.find(([from, words]) => from + words.length > offset) ?? [100, ''];
    window.placeLater(read, {
      offset: Math.max(at, offset),
      size: 100,
      data: bytes(text.slice(Math.max(0, offset - at))),
    });
  }
  expect(reads).toBeLessThan(5);
  expect(lines(window.blocks)).toEqual(['<run>', 'one', '<gap>', 'two', '<gap>']);
  window.offer(A, 100, bytes('three\n'));
  expect(lines(window.blocks).slice(-2)).toEqual(['<gap>', 'three']);
});

describe('gaps', () => {
  const numbered = (word: string, count: number) => Array.from({ length: count }, (_, i) => `${word} ${i}`);
  const text = (all: readonly string[]) => `${all.join('\n')}\n`;
  const before = numbered('old', 60_000);
  const after = numbered('new', 60_000);
  const gap = { from: text(before).length, to: text(before).length + 5_000, reason: 'worker-disk-full' } as const;
  const size = gap.to + text(after).length;
  const stretches = [
    [0, bytes(text(before))],
    [gap.to, bytes(text(after))],
  ] as const;
  const view = { run_id: A, started_at_ms: 0, bytes: size, gaps: [gap] };

  /** As the manager answers: from the next stored byte on, and never over a gap. */
  const answer = (stored: typeof stretches | [(typeof stretches)[1]], { offset, bytes: wanted }: Read) => {
    for (const [at, data] of stored) {
      if (offset >= at + data.length) continue;
      const from = Math.max(at, offset);
      return { offset: from, size, data: data.subarray(from - at, Math.max(from, offset + wanted) - at) };
    }
    return { offset: size, size, data: new Uint8Array() };
  };
  const readAll = (window: LogWindow, stored: Parameters<typeof answer>[0], learnt: (typeof view)[]) => {
    let reads = 0;
    for (let read = window.wantsLater(); read !== null && ++reads < 50; read = window.wantsLater())
      window.placeLater(read, answer(stored, read));
    for (let read = window.wantsEarlier(); read !== null && ++reads < 50; read = window.wantsEarlier()) {
      window.placeEarlier(read, answer(stored, read));
      if (window.unexplained) window.learnRuns(learnt);
    }
    return reads;
  };

  it.each([
    ['known', [gap]],
    ['not known yet', []],
  ])('that are %s are shown where they are, and nothing before them is lost', (_, gaps) => {
    const window = new LogWindow([{ ...view, gaps }]);
    expect(readAll(window, stretches, [view])).toBeLessThan(20);
    expect(lines(window.blocks)).toEqual(['<run>', ...before, '<gap>', ...after]);
    expect(window.blocks.find((block) => block.kind === 'gap')).toMatchObject(gap);
  });

  it('are explained when their reason is learnt', () => {
    const window = new LogWindow([{ run_id: A, started_at_ms: 0, bytes: 4 }]);
    window.placeLater(window.wantsLater()!, { offset: 0, size: 4, data: bytes('old\n') });
    window.offer(A, 100, bytes('new\n'));
    window.placeLater(window.wantsLater()!, { offset: 100, size: 104, data: bytes('new\n') });
    expect([window.blocks[2], window.unexplained]).toMatchObject([{ kind: 'gap', reason: null }, true]);
    window.learnRuns([{ ...view, bytes: 104, gaps: [{ from: 4, to: 100, reason: 'file-deleted' }] }]);
    expect([window.blocks[2], window.unexplained]).toMatchObject([{ kind: 'gap', reason: 'file-deleted' }, false]);
  });

  it('at the beginning stand where the beginning was', () => {
    const forgotten = { from: 0, to: gap.to, reason: 'retention' } as const;
    const window = new LogWindow([{ ...view, begin: gap.to, gaps: [forgotten] }]);
    readAll(window, [stretches[1]], []);
    expect(lines(window.blocks)).toEqual(['<run>', '<gap>', ...after]);
    expect(window.blocks[1]).toMatchObject(forgotten);
  });

  it('of which nobody saw a byte are a mark between two lines, once, from either side', () => {
    const cut = { from: 4, to: 4, reason: 'file-truncated' } as const;
    const all = bytes('old\nnew\n');
    const window = new LogWindow([{ run_id: A, started_at_ms: 0, bytes: 8, gaps: [cut] }]);
    const answerOf = ({ offset, bytes: wanted }: Read) => ({
      offset,
      size: 8,
      data: all.slice(offset, offset + wanted),
    });
    for (let read = window.wantsLater(); read !== null; read = window.wantsLater())
      window.placeLater(read, answerOf(read));
    window.wantsEarlier();
    expect(lines(window.blocks)).toEqual(['<run>', 'old', '<gap>', 'new']);
    expect(window.blocks[2]).toMatchObject(cut);
  });
});
