import fc from 'fast-check';
import { linesOf, rawLine } from './log-block';
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
