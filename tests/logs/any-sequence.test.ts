/** Whatever a launcher does, cut, repeat, skip, break off, restart us: what is stored is a prefix of its bytes, in the end all. */
import fc from 'fast-check';
import { bytesOf, runRef, Scratch } from './scratch-store';

const piece = fc.record({
  /** Where the sender believes we are, relative to where we are. */
  slip: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -50, max: 50 })),
  chunks: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 6 }),
  breaksOff: fc.boolean(),
  reopens: fc.boolean(),
});

test('any sequence of appends stores exactly the source', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.array(piece, { maxLength: 12 }), check),
    { numRuns: 60 },
  );
});

async function check(bytes: Uint8Array, pieces: (typeof piece extends fc.Arbitrary<infer P> ? P : never)[]) {
  const source = Buffer.from(bytes);
  const scratch = new Scratch();
  try {
    for (const { slip, chunks, breaksOff, reopens } of pieces) {
      const before = scratch.store.length(runRef());
      const offset = Math.max(0, before + slip);
      const result = await scratch.store.append(runRef(), offset, cut(source, offset, chunks, breaksOff));
      expect(result.offset).toBe(scratch.store.length(runRef()));
      expect(result.ok).toBe(offset === before && !breaksOff);
      if (reopens) await scratch.reopen();
      expect(scratch.store.length(runRef())).toBe(result.offset);
    }
    const at = scratch.store.length(runRef());
    const rest = await scratch.store.append(runRef(), at, cut(source, at, [source.length], false));
    expect(rest).toEqual({ ok: true, offset: source.length });
    expect((await bytesOf(scratch.store.read(runRef()).stream)).equals(source)).toBe(true);
  } finally {
    await scratch.dispose();
  }
}

async function* cut(source: Buffer, offset: number, chunks: number[], breaksOff: boolean): AsyncGenerator<Buffer> {
  let at = offset;
  for (const size of chunks) {
    yield await Promise.resolve(source.subarray(at, at + size));
    at += size;
  }
  if (breaksOff) throw new Error('aborted');
}
