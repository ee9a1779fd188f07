import fc from 'fast-check';
import { linesOf, rawLine } from './log-block';
import { READ_BYTES } from './log-window';
import { MergedTail, streamKey } from './merged-tail';

const RUN = '1700000000000aaaaaaaaaaaa';
const bytes = (text: string) => new TextEncoder().encode(text);
const shown = (tail: MergedTail): string[] =>
  tail.blocks.flatMap((block) =>
    block.kind === 'text'
      ? Array.from({ length: linesOf(block) }, (_, line) => `${block.stream} ${rawLine(block, line)}`)
      : [`<${block.kind}>`],
  );

it('goes on from what is stored, and ends a line where it was begun', () => {
  const stored = [
    { run: RUN, stream: 'stdout', offset: 0, text: 'one' },
    { run: RUN, stream: 'stderr', offset: 0, text: 'warn' },
    { run: RUN, stream: 'stdout', offset: 4, text: 'half a line' },
  ] as const;
  const tail = new MergedTail(stored, new Map([[streamKey(RUN, 'stdout'), 8], [streamKey(RUN, 'stderr'), 5]])); // prettier-ignore
  expect(shown(tail)).toEqual(['<run>', 'stdout one', 'stderr warn', 'stdout half']);
  tail.offer(RUN, 'stderr', 5, bytes('again\n'));
  tail.offer(RUN, 'stdout', 8, bytes(' a line\ntwo\n'));
  expect(shown(tail)).toEqual([
    '<run>',
    'stdout one',
    'stderr warn',
    'stdout half a line',
    'stderr again',
    'stdout two',
  ]);
  expect(tail.arrived).toBe(3);
});

it('shows each line of each stream once and in its order, however it is cut and pushed', () => {
  const pushes = fc.array(
    fc.record({ stream: fc.constantFrom('stdout' as const, 'stderr' as const), size: fc.nat(9) }),
  );
  fc.assert(
    fc.property(pushes, (cuts) => {
      const written = { stdout: bytes('a1\nb22\nc333\nä\n'.repeat(3)), stderr: bytes('x\nyy\nzzz\n'.repeat(3)) };
      const at = { stdout: 0, stderr: 0 };
      const tail = new MergedTail([], new Map());
      for (const { stream, size } of cuts) {
        tail.offer(RUN, stream, at[stream], written[stream].slice(at[stream], at[stream] + size));
        at[stream] = Math.min(written[stream].length, at[stream] + size);
      }
      for (const stream of ['stdout', 'stderr'] as const) {
        tail.offer(RUN, stream, at[stream], written[stream].slice(at[stream]));
        const whole = new TextDecoder().decode(written[stream]).split('\n').slice(0, -1);
        expect(shown(tail).filter((line) => line.startsWith(stream))).toEqual(whole.map((line) => `${stream} ${line}`));
      }
    }),
  );
});

describe('what was not pushed', () => {
  const ranges = (tail: MergedTail) =>
    tail.blocks.flatMap((block) => (block.kind === 'gap' ? [[block.from, block.to, block.reason]] : []));

  it('is read, with all that comes behind it meanwhile, and the other stream goes on', () => {
    const tail = new MergedTail([], new Map());
    tail.offer(RUN, 'stdout', 0, bytes('1\n'));
    expect(tail.wants()).toBeNull();
    // That it was left out is said by an empty piece, also when silence follows.
    tail.offer(RUN, 'stdout', 6, bytes(''));
    const asked = { runId: RUN, stream: 'stdout', offset: 2, bytes: 4 } as const;
    expect(tail.wants()).toEqual(asked);
    tail.offer(RUN, 'stdout', 6, bytes('4\n'));
    tail.offer(RUN, 'stderr', 0, bytes('e\n'));
    tail.fill(asked, 2, bytes('2\n3\n'), null);
    expect(tail.wants()).toEqual({ ...asked, offset: 6, bytes: 2 });
    tail.fill({ ...asked, offset: 6, bytes: 2 }, 6, bytes('4\n'), null);
    tail.offer(RUN, 'stdout', 8, bytes('5\n'));
    expect(tail.wants()).toBeNull();
    expect(shown(tail)).toEqual(['<run>', 'stdout 1', 'stderr e', 'stdout 2', 'stdout 3', 'stdout 4', 'stdout 5']);
    expect(tail.arrived).toBe(6);
  });

  it('has a mark with its reason where it is not stored, or is more than is read again', () => {
    const tail = new MergedTail([], new Map());
    const end = 10 * READ_BYTES;
    tail.offer(RUN, 'stdout', end, bytes('last\n'));
    const asked = { runId: RUN, stream: 'stdout', offset: end + 5 - READ_BYTES, bytes: READ_BYTES } as const;
    expect(tail.wants()).toEqual(asked);
    tail.fill(asked, end - 7, bytes('before\nlast\n'), 'worker-disk-full');
    expect(ranges(tail)).toEqual([
      [0, asked.offset, 'left-out'],
      [asked.offset, end - 7, 'worker-disk-full'],
    ]);
    expect(shown(tail)).toEqual(['<run>', '<gap>', '<gap>', 'stdout before', 'stdout last']);
    // Nothing of it is to be had.
    tail.offer(RUN, 'stdout', end + 8, bytes(''));
    tail.fill({ ...asked, offset: end + 5, bytes: 3 }, end + 5, bytes(''), null);
    expect(ranges(tail).at(-1)).toEqual([end + 5, end + 8, null]);
    expect(tail.wants()).toBeNull();
  });
});
