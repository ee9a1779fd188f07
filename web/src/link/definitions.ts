/** Definitions given from the manager: as they are, planned, applied, gone back to. */
import type { ApplyReply, PlanReply, VersionsReply } from '../../../protocol/definitions';
import { segment } from './address';
import { ask, fetchFrom, post } from './ask';

/** A process in the words of a document (protocol/process-document.ts). */
export type ProcessWords = Readonly<Record<string, unknown>>;
export interface SetWords {
  readonly set: string;
  readonly processes: readonly ProcessWords[];
}
export interface DefinitionReply {
  readonly key: string;
  /** Null = it is its launcher's own, and is changed there. */
  readonly version: number | null;
  readonly set: string | null;
  readonly process: ProcessWords;
}

const APPLY_TIMEOUT_SECONDS = 60;

export const readDefinition = (key: string): Promise<DefinitionReply> => ask(`processes/${segment(key)}/definition`);
export const readVersions = (key: string, signal: AbortSignal): Promise<VersionsReply> =>
  ask(`processes/${segment(key)}/versions`, { signal });

/** A set as it is now; of one that is not there yet, none. */
export const readSet = (set: string): Promise<SetWords> => ask(`sets/${segment(set)}`);
/** The same as people write it. */
export const readSetText = async (set: string): Promise<string> =>
  (await fetchFrom(`sets/${segment(set)}?format=yaml`)).text();

/** @param document YAML or JSON */
export const plan = (document: string): Promise<PlanReply> => ask('plan', { method: 'POST', body: document });
export const apply = (document: string): Promise<ApplyReply> =>
  ask(`apply?timeout=${APPLY_TIMEOUT_SECONDS}`, { method: 'POST', body: document });

export const rollback = (to: {
  readonly name: string;
  readonly to: number;
  readonly dry_run: boolean;
}): Promise<ApplyReply> => post('rollback', to);
