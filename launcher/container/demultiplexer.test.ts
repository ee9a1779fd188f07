import fc from 'fast-check';
import { Demultiplexer } from './demultiplexer';

const frame = (stream: 1 | 2, bytes: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
};

test('however the frames are cut, each stream comes out whole and in order', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.uint8Array({ maxLength: 20 })));
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sent, cuts) => {
      const wire = Buffer.concat(sent.map(([stream, bytes]) => frame(stream, Buffer.from(bytes))));
      const demultiplexer = new Demultiplexer();
      const got = { stdout: '', stderr: '' };
      for (let at = 0, i = 0; at < wire.length; i++) {
        const piece = wire.subarray(at, at + (cuts[i % cuts.length] ?? 1));
        for (const { stream, bytes } of demultiplexer.take(piece)) got[stream] += bytes.toString('latin1');
        at += piece.length;
      }
      const whole = (wanted: 1 | 2): string =>
        sent.map(([stream, bytes]) => (stream === wanted ? Buffer.from(bytes).toString('latin1') : '')).join('');
      expect(got).toEqual({ stdout: whole(1), stderr: whole(2) });
    }),
  );
});
