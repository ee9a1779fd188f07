/** The pages name every key there is. */
import { readFileSync } from 'node:fs';
import { WORKER_FILE_KEYS } from '../../launcher/worker-file';
import { PROCESS_KEYS } from '../../protocol/process-document';
import { keyText, knownKeys, LEAVES } from '../../src/config/key-table';

const page = readFileSync('docs/configuration.md', 'utf8');

test.each([...LEAVES.map(keyText), ...(knownKeys(['workers', 0]) ?? [])])('%s', (key) => {
  expect(page).toContain(`\`${key}\``);
});

test.each(WORKER_FILE_KEYS)('%s of a launcher’s file', (key) => expect(page).toContain(`\`${key}\``));

test.each(PROCESS_KEYS)('%s of a process', (key) =>
  expect(readFileSync('docs/supervision.md', 'utf8')).toContain(`\`${key}\``),
);
