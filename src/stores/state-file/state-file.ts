/**
 * `state.state_file` (seed 002): the state for people to read, as YAML, or as JSON when the name ends in .json. Never a
 * second source of truth: it is written after the ledger, whole and atomically, at most once per interval and only when
 * something changed; it is read once, when the ledger is empty. Secrets in it are sealed as in the ledger.
 */
import yaml from 'js-yaml';
import type { z } from 'zod';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Sealer } from '../../../protocol/sealed-env';
import type { Fact } from '../../core/facts';
import { isOfJobs } from '../../core/jobs/words';
import type { Engine } from '../../engine/engine';
import type { Journal } from '../../engine/ports';
import type { TableWithSecrets } from '../sealing/row-secrets';
import { SealedRows } from '../sealing/sealed-rows';
import { STATE_FORMAT, StateFile, type StateRows } from './state-rows';

type Contents = z.output<typeof StateFile>;

const isJson = (file: string): boolean => file.endsWith('.json');

/** Null: there is no such file. @throws Error naming the file and what is wrong in it */
export function readStateFile(file: string, sealer: Sealer): StateRows | null {
  const known = contentsOf(file);
  if (known === null) return null;
  const { workers, processes, definitions } = known;
  const sealed = new SealedRows(sealer);
  return {
    workers: Object.values(workers),
    processes: Object.values(processes).map((row) => sealed.up('processes', row)),
    definitions: Object.values(definitions).map((row) => sealed.up('definitions', row)),
  };
}

/** Its secrets under the newest key, and nothing else of it changed. Without the file: nothing. @throws as `readStateFile` */
export function resealStateFile(file: string, sealer: Sealer): void {
  const known = contentsOf(file);
  if (known === null) return;
  const sealed = new SealedRows(sealer);
  const anew = <Row>(table: TableWithSecrets, rows: Readonly<Record<string, Row>>): Record<string, Row> =>
    Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, sealed.down(table, sealed.up(table, row))]));
  put(file, {
    ...known,
    processes: anew('processes', known.processes),
    definitions: anew('definitions', known.definitions),
  });
}

function contentsOf(file: string): Contents | null {
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  let value: unknown;
  try {
    value = isJson(file) ? JSON.parse(text) : yaml.load(text);
  } catch (error) {
    throw new Error(
      `the state file ${file} cannot be read: ${error instanceof Error ? error.message : ''}; mend it or move it away`,
      { cause: error },
    );
  }
  const parsed = StateFile.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(
      `the state file ${file} is not one of ours: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}; mend it or move it away`,
    );
  }
  return parsed.data;
}

/** By rename, so that there is a whole file or the one before. */
function put(file: string, body: object): void {
  mkdirSync(dirname(file), { recursive: true });
  const whole = `${file}.writing`;
  writeFileSync(
    whole,
    isJson(file) ? `${JSON.stringify(body, null, 2)}\n` : yaml.dump(body, { noRefs: true, lineWidth: 120 }),
  );
  renameSync(whole, file);
}

/** Jobs are not in it; and a thousand workers are not written anew for each message that is acknowledged to one of them. */
const isShown = (fact: Fact): boolean => !isOfJobs(fact) && fact.kind !== 'worker.acked';

export class StateFileWriter {
  private timer: NodeJS.Timeout | null = null;
  private readonly unlisten: () => void;
  private readonly sealed: SealedRows;

  private readonly file: string;

  constructor(
    { stateFile, saveIntervalMs }: { readonly stateFile: string; readonly saveIntervalMs: number },
    sealer: Sealer,
    private readonly engine: Engine,
    private readonly journal: Journal,
  ) {
    this.file = stateFile;
    this.sealed = new SealedRows(sealer);
    this.unlisten = engine.feed.listen(({ facts }) => {
      if (!facts.some(isShown)) return;
      this.timer ??= setTimeout(() => this.write(), saveIntervalMs);
    });
  }

  /** Writes what is still to be written. */
  close(): void {
    this.unlisten();
    if (this.timer !== null) this.write();
  }

  private write(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const down = <Row>(table: TableWithSecrets, rows: ReadonlyMap<string, Row>): Record<string, Row> =>
      Object.fromEntries([...rows].map(([key, row]) => [key, this.sealed.down(table, row)]));
    const body = this.engine.read((model) => ({
      format: STATE_FORMAT,
      saved_at: new Date(this.engine.nowMs).toISOString(),
      workers: Object.fromEntries(model.workers),
      processes: down('processes', model.processes),
      definitions: down('definitions', model.definitions),
    }));
    try {
      put(this.file, body);
    } catch (error) {
      this.journal.error(
        `the state file ${this.file} was not written: ${error instanceof Error ? error.message : ''}; the ledger has everything`,
      );
    }
  }
}
