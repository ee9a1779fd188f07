/** The file of `--config`, of whichever kind: a launcher's own, or one of RemoteGPU's agent. Its keys say which. */
import { agentFileOf, isAgentFile } from './agent-file';
import { OwnFileError, readOwnFile, sourceOf } from './own-file';
import { whereaboutsOf, workerFileOf, type WorkerFile } from './worker-file';

/** @throws OwnFileError */
export const readLauncherFile = (file: string): WorkerFile => parseLauncherFile(readOwnFile(file), file);

/** @throws OwnFileError */
export function parseLauncherFile(text: string, file: string): WorkerFile {
  const source = sourceOf(text, file);
  return isAgentFile(source) ? agentFileOf(source, file) : workerFileOf(source, file);
}

/** Which worker it is of and where its data are, whatever else is wrong with it; null = that cannot be told. */
export const whereaboutsIn = (file: string): WorkerFile | null => parseWhereabouts(readOwnFile(file), file);

export function parseWhereabouts(text: string, file: string): WorkerFile | null {
  try {
    const source = sourceOf(text, file);
    return isAgentFile(source) ? null : whereaboutsOf(source, file);
  } catch (error) {
    if (error instanceof OwnFileError) return null;
    throw error;
  }
}
