/** docs/configuration.md names every key there is. */
import { readFileSync } from 'node:fs';
import { keyText, knownKeys, LEAVES } from '../../src/config/key-table';

const page = readFileSync('docs/configuration.md', 'utf8');

test.each([...LEAVES.map(keyText), ...(knownKeys(['workers', 0]) ?? [])])('%s', (key) => {
  expect(page).toContain(`\`${key}\``);
});
