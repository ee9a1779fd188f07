#!/usr/bin/env node
/**
 * A small training run that behaves as a real one does: a two-layer network learns two moons by gradient descent, prints
 * its loss, keeps checkpoints, and goes on from the newest good one however it ended.
 *
 *   node train.mjs --checkpoints DIR [--epochs 1000] [--pace 3] [--seed 7] [--crash-at-epoch N]
 *
 * --pace N            epochs a second; 0 = as fast as it can
 * --checkpoint-every  epochs between checkpoints, default 5
 * --crash-at-epoch N  dies there once; a mark beside the checkpoints remembers that it has
 * --crash-every N     dies after every N epochs of one life
 * SIGTERM, SIGINT     checkpoint, then exit 0
 * SIGUSR1             dies at once, as by a bug
 */
import { parseArgs } from 'node:util';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newestCheckpoint, saveCheckpoint } from './checkpoints.mjs';
import { epoch, newModel, twoMoons } from './network.mjs';

const { values: flags } = parseArgs({
  options: {
    checkpoints: { type: 'string', default: 'checkpoints' },
    epochs: { type: 'string', default: '1000' },
    pace: { type: 'string', default: '3' },
    seed: { type: 'string', default: '7' },
    'checkpoint-every': { type: 'string', default: '5' },
    'crash-at-epoch': { type: 'string' },
    'crash-every': { type: 'string' },
  },
});
const epochs = Number(flags.epochs);
const epochMs = Number(flags.pace) > 0 ? 1000 / Number(flags.pace) : 0;
const every = Number(flags['checkpoint-every']);
const directory = flags.checkpoints;
mkdirSync(directory, { recursive: true });

const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => ending.abort(signal));
process.on('SIGUSR1', () => crash('asked to by SIGUSR1'));

const data = twoMoons({ points: 200, noise: 0.15, seed: Number(flags.seed) });
const { found, torn } = newestCheckpoint(directory);
for (const { file, why } of torn) say(`checkpoint ${file} is torn (${why}); skipped`);
const model = found?.model ?? newModel(Number(flags.seed));
let done = found?.epoch ?? 0;
const bornAt = done;
say(found === null ? 'starting from scratch' : `resumed from checkpoint ${found.file}, epoch ${done}`);

while (done < epochs && !ending.signal.aborted) {
  const { loss, accuracy } = epoch(model, data);
  done += 1;
  say(`epoch ${done}/${epochs}  loss ${loss.toFixed(4)}  accuracy ${(accuracy * 100).toFixed(1)} %`);
  if (done % every === 0) save();
  crashIfTold();
  if (epochMs > 0) await pause(epochMs, undefined, { signal: ending.signal }).catch(() => {});
}

save();
say(ending.signal.aborted ? `${ending.signal.reason}: stopped at epoch ${done}, checkpoint written` : 'finished');

function save() {
  saveCheckpoint(directory, { epoch: done, model });
}

function crashIfTold() {
  const mark = join(directory, 'crashed-once');
  if (done === Number(flags['crash-at-epoch']) && !existsSync(mark)) {
    writeFileSync(mark, `${done}\n`);
    crash(`--crash-at-epoch ${done}`);
  }
  if (done - bornAt === Number(flags['crash-every'])) crash(`--crash-every ${flags['crash-every']}`);
}

/** At once and without a checkpoint, as a bug would. */
function crash(why) {
  process.stderr.write(`crashing on purpose (${why}); all since the last checkpoint is lost\n`);
  process.exit(1);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
