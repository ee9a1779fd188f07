/**
 * P9. A search over the whole stored history of a process through the HTTP API, against grep over a file of the same
 * bytes: literal and by regular expression. Both read from the page cache; hits are few, and one is in the last line.
 */
import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { promisify } from 'node:util';
import { untilSeen } from './deadline';
import type { Measure } from './measure';
import { Manager } from './procguard';
import type { Comparison } from './report';
import { median } from './statistics';

const GB = 1e9;
const PIECE_BYTES = 4 * 1024 * 1024;
const RUN = '1700000000000aaaaaaaaaaaa';
const NEEDLE = 'needle-4f1c';
const HITS = 10;
const PATTERNS = [
  { name: 'literal', query: `q=${NEEDLE}`, grep: ['-F', NEEDLE] },
  { name: 'regular expression', query: 'q=needle-%5B0-9a-f%5D%7B4%7D&regex=1', grep: ['-E', 'needle-[0-9a-f]{4}'] },
] as const;

export const logSearch: Measure = {
  name: 'log-search',
  title: 'search over stored output',
  async run(rig) {
    const bytes = rig.isQuick ? GB / 4 : GB;
    // Packed segments are measured against zgrep's work elsewhere: here both read plain bytes.
    const manager = await Manager.start(rig, [], { PROCGUARD_LOGS_COMPRESS: 'false' });
    const file = rig.path('same-bytes.log');
    await store(manager, file, bytes);
    const comparisons: Comparison[] = [];
    for (const { name: pattern, query, grep } of PATTERNS) {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < rig.rounds(5, 3); round++) {
        ours.push(await timed(() => searched(manager, query)));
        theirs.push(await timed(() => grepped(file, grep)));
      }
      const compare = (reference: number, name: string, bound: Comparison['bound']): Comparison => ({
        target: 'P9',
        what: `${(bytes / GB).toFixed(2)} GB, ${pattern}`,
        unit: 'ms',
        ours: { name: 'the API', value: median(ours) },
        reference: { name, value: reference },
        bound,
      });
      // A second for a gigabyte: as long as somebody waits without thinking of something else.
      comparisons.push(compare((1_000 * bytes) / GB, 'the limit', { kind: 'at most', ratio: 1 }));
      comparisons.push(compare(median(theirs), 'grep', null));
    }
    return { comparisons, notes: [`${HITS} hits in lines of 100 bytes; grep in the C locale`] };
  },
};

async function timed(what: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const hits = await what();
  const ms = performance.now() - startedAt;
  if (hits !== HITS) throw new Error(`${hits} hits, where there are ${HITS}`);
  return ms;
}

async function searched(manager: Manager, query: string): Promise<number> {
  const path = `/api/logs/bench/bench/search?${query}&limit=1000`;
  const { hits, complete } = (await manager.get(path)) as { hits: unknown[]; complete: boolean };
  if (!complete) throw new Error('the search did not go to the end');
  return hits.length;
}

async function grepped(file: string, words: readonly string[]): Promise<number> {
  const found = await promisify(execFile)('grep', [...words, file], { env: { ...process.env, LC_ALL: 'C' } });
  return found.stdout.trimEnd().split('\n').length;
}

/** The same bytes in a file and, as a launcher ships them, in the manager. */
async function store(manager: Manager, path: string, bytes: number): Promise<void> {
  await manager.post('/api/workers/register', { worker_id: 'bench', command: 'written by nobody' });
  const pieces = Math.floor(bytes / PIECE_BYTES);
  const file = await open(path, 'w');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let number = 0; number < pieces; number++) {
    const isHit = number % Math.floor(pieces / (HITS - 1)) === 0 && number / Math.floor(pieces / (HITS - 1)) < HITS - 1;
    const piece = pieceOf(number, isHit || number === pieces - 1);
    await file.write(piece);
    await upload(manager, agent, number * PIECE_BYTES, piece);
  }
  agent.destroy();
  await file.close();
  await untilSeen('the manager to have all', async () => {
    const { runs } = (await manager.get('/api/logs/bench/bench')) as { runs: { run_id: string; bytes: number }[] };
    return runs.find(({ run_id }) => run_id === RUN)?.bytes === pieces * PIECE_BYTES || null;
  });
}

/** Lines of 100 bytes; the last one has the needle if it is to be found here. */
function pieceOf(number: number, hasHit: boolean): Buffer {
  const words = ` worker ${number} step done, loss 0.${number}, nothing to see here, go on reading the next one of them, please`;
  const piece = Buffer.alloc(PIECE_BYTES, `${words.slice(0, 99).padEnd(99, '.')}\n`);
  if (hasHit) piece.write(`${NEEDLE}\n`, PIECE_BYTES - NEEDLE.length - 1);
  else piece.write('\n', PIECE_BYTES - 1);
  return piece;
}

function upload(manager: Manager, agent: Agent, offset: number, piece: Buffer): Promise<void> {
  const query = new URLSearchParams({ worker: 'bench', process: 'bench', run: RUN, offset: String(offset) });
  return new Promise((resolve, reject) => {
    const asked = request(
      `${manager.url}/link/v1/output?${query}`,
      { method: 'POST', agent, headers: { 'content-length': piece.length } },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`a piece was answered ${response.statusCode}`)),
        );
      },
    );
    asked.on('error', reject);
    asked.end(piece);
  });
}
