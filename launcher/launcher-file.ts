/** The file of `--config`, of whichever kind: a launcher's own, or one of RemoteGPU's agent. Its keys say which. */
import { agentFileOf, isAgentFile } from './agent-file';
import { readOwnFile, sourceOf } from './own-file';
import { workerFileOf, type WorkerFile } from './worker-file';

/** @throws OwnFileError */
export const readLauncherFile = (file: string): WorkerFile => parseLauncherFile(readOwnFile(file), file);

/** @throws OwnFileError */
export function parseLauncherFile(text: string, file: string): WorkerFile {
  const source = sourceOf(text, file);
  return isAgentFile(source) ? agentFileOf(source, file) : workerFileOf(source, file);
}
