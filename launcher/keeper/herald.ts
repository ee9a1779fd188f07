/** Tells what happened to one process: to the manager as facts, to the launcher's log in a line, to its output's shipper. */
import type { CommandResult } from '../../protocol/link';
import { commandText, type ProcessSpec } from '../../protocol/process-spec';
import type { ProcessIdentity, ProcessReport } from '../../protocol/process-state';
import type { EndRecord, RunDirectory } from '../store/run-directory';
import type { CommandId, ProcessName } from '../../protocol/ids';
import type { KeeperSurroundings } from './surroundings';

const MAY_BE_FORGOTTEN =
  'a launcher that is killed before there is room is followed by one that has not heard of this order';

export class Herald {
  #reported = '';

  constructor(
    private readonly process: ProcessName,
    private readonly around: KeeperSurroundings,
  ) {}

  /** Its state, when it is another than the one told last. */
  report(report: ProcessReport): void {
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    const { state } = report;
    const pid = state.kind === 'running' ? `, pid ${state.identity.pid}` : '';
    // A job that failed is its submitter's business; what he hears of it is the manager's to tell.
    const level = state.kind === 'failed' && this.around.role === 'service' ? 'error' : 'info';
    this.around.log(level, `${this.process}: ${state.kind}${pid} (${state.why})`);
    this.around.tell({ kind: 'process.changed', report });
  }

  /** It was told that this process is gone, and it is not. */
  tellAgain(): void {
    this.#reported = '';
  }

  started(directory: RunDirectory, identity: ProcessIdentity, spec: ProcessSpec): void {
    this.around.outputBegan(this.process, directory);
    const command = commandText(spec.command);
    this.around.tell({ kind: 'run.started', process: this.process, run: directory.run, identity, command });
  }

  /** Also written down, so that a launcher that comes after this one tells the same. */
  ended(directory: RunDirectory, end: EndRecord): void {
    // An attempt's end is in the journal of attempts, before its launcher does anything else.
    if (this.around.role !== 'job') this.#writeEnd(directory, end);
    const { exit, outputBytes, errorBytes, certificate } = end;
    const { run } = directory;
    this.around.tell({ kind: 'run.ended', process: this.process, run, exit, outputBytes, certificate });
    this.around.outputBegan(this.process, directory);
    this.around.outputComplete(run, { stdout: outputBytes, stderr: errorBytes });
  }

  /** What was done is true, and may be forgotten: whoever asked must know. @param unwritten why its record is not on the disk; null = it is */
  answered(id: CommandId, result: CommandResult, unwritten: string | null): void {
    const isToldSo = unwritten !== null && result.ok;
    const message = isToldSo ? `${result.message}; ${unwritten}: ${MAY_BE_FORGOTTEN}` : result.message;
    this.around.tell({ kind: 'command.done', id, result: { ...result, message } });
  }

  #writeEnd(directory: RunDirectory, end: EndRecord): void {
    directory
      .writeEnd(end)
      .catch(({ message }: Error) =>
        this.warn(`the end of run ${directory.run} could not be written down: ${message}`),
      );
  }

  warn(message: string): void {
    this.around.log('warn', `${this.process}: ${message}`);
  }
}
