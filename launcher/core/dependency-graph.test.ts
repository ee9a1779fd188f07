import fc from 'fast-check';
import { ProcessSpec } from '../../protocol/process-spec';
import { dependenciesOf, keyOf, layersOfEnd, whyCircular } from './dependency-graph';

const spec = (name: string, ...on: string[]): ProcessSpec =>
  ProcessSpec.parse({ name, command: 'x', dependsOn: Object.fromEntries(on.map((key) => [key, 'started'])) });

test('a circle is printed from where it begins, also one of a process with itself', () => {
  expect(whyCircular('w', [spec('a', 'b'), spec('b', 'c'), spec('c', 'b')])).toContain('w/b -> w/c -> w/b;');
  expect(whyCircular('w', [spec('a', 'w/a')])).toContain('w/a -> w/a;');
});

test('what goes over other workers is no circle here', () => {
  expect(whyCircular('w', [spec('a', 'v/a', 'b'), spec('b', 'v/a')])).toBeNull();
});

/** Each depends on some of those before it, so there is no circle. */
const graphs = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 })
  .map((lists) => lists.map((on, i) => spec(`p${i}`, ...on.filter((j) => j < i).map((j) => `p${j}`))));

test('everybody ends exactly once, and before all it depends on', () => {
  fc.assert(
    fc.property(graphs, (specs) => {
      expect(whyCircular('w', specs)).toBeNull();
      const order = layersOfEnd('w', specs);
      const layerOf = new Map(order.flatMap((keys, layer) => keys.map((key) => [key, layer] as const)));
      expect(order.flat()).toHaveLength(specs.length);
      for (const one of specs)
        for (const on of dependenciesOf('w', one)) expect(layerOf.get(keyOf('w', one))!).toBeLessThan(layerOf.get(on)!);
    }),
  );
});
