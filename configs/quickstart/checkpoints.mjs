/**
 * Checkpoints that are whole or not there. Written beside and renamed, so a crash leaves the one before; with a checksum,
 * because a disk that ran full or a machine that lost power can still tear one. The last three are kept.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const KEPT = 3;
const NAME = /^epoch-(\d{6})\.json$/;
const nameOf = (epoch) => `epoch-${String(epoch).padStart(6, '0')}.json`;
const digestOf = (body) => createHash('sha256').update(body).digest('hex');

/** One line of checksum, then the model as JSON. */
export function saveCheckpoint(directory, { epoch, model }) {
  const body = JSON.stringify({ epoch, model });
  const file = join(directory, nameOf(epoch));
  const beside = `${file}.tmp`;
  const descriptor = openSync(beside, 'w');
  writeSync(descriptor, `${digestOf(body)}\n${body}`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(beside, file);
  for (const old of checkpoints(directory).slice(KEPT)) rmSync(join(directory, old));
}

/** The newest one whose checksum holds, and those newer ones that were torn. */
export function newestCheckpoint(directory) {
  const torn = [];
  for (const file of checkpoints(directory)) {
    const [digest, body] = splitOnce(readFileSync(join(directory, file), 'utf8'));
    if (digestOf(body) === digest) return { found: { file, ...JSON.parse(body) }, torn };
    torn.push({ file, why: body === '' ? 'no content' : 'its checksum does not match' });
  }
  return { found: null, torn };
}

/** Newest first. */
const checkpoints = (directory) =>
  readdirSync(directory)
    .filter((name) => NAME.test(name))
    .sort()
    .reverse();

function splitOnce(text) {
  const end = text.indexOf('\n');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
}
