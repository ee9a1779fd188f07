/** What a manager has to say to machines that want to join it. */
import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { joinLine, workerLine, type Authority } from './join-line';
import { joinScript, readJoinParts } from './join-script';
import { addressForOthers, originForOthers, originOf } from './manager-origin';
import { readProgram, type ServedProgram } from './served-program';

export interface JoinFiles {
  readonly launcher: string;
  /** Keeps a container for the launcher, which finds it beside itself. */
  readonly containerRun: string;
  /** Holds the parts of the script. */
  readonly scriptsDir: string;
}

export interface JoiningSettings {
  readonly version: string;
  /** `web.public_url`. */
  readonly publicUrl: string | null;
  /** `web.host`. */
  readonly listensOn: string;
  readonly authority: () => Authority;
}

export class Joining {
  #launcher: ServedProgram | null = null;
  #containerRun: ServedProgram | null = null;
  #parts: string | null = null;

  constructor(
    private readonly files: JoinFiles,
    private readonly settings: JoiningSettings,
  ) {}

  /** Read when it is first asked for: most managers never are. @throws Refusal not_found */
  get launcher(): ServedProgram {
    return (this.#launcher ??= readProgram(this.files.launcher));
  }

  /** @throws Refusal not_found */
  get containerRun(): ServedProgram {
    return (this.#containerRun ??= readProgram(this.files.containerRun));
  }

  /** @throws Refusal bad_request, not_found */
  script(request: IncomingMessage): string {
    this.#parts ??= readJoinParts(this.files.scriptsDir);
    const { version } = this.settings;
    return joinScript(this.#parts, {
      manager: this.origin(request),
      version,
      launcherSha256: this.launcher.sha256,
      containerRunSha256: this.containerRun.sha256,
    });
  }

  /** For a machine that is not this one, whoever asks. @throws Refusal bad_request */
  line(request: IncomingMessage, token: string): string {
    return joinLine(this.originForOthers(request), token, this.settings.authority());
  }

  /** For a worker whose token was minted. @throws Refusal bad_request */
  workerLine(request: IncomingMessage, worker: string, token: string): string {
    return workerLine({ manager: this.originForOthers(request), worker, token }, this.settings.authority());
  }

  /** Under which other machines reach this manager. @throws Refusal bad_request */
  originForOthers(request: IncomingMessage): string {
    return originForOthers(this.origin(request), addressForOthers(this.settings.listensOn, networkInterfaces()));
  }

  private origin({ headers: { host }, socket }: IncomingMessage): string {
    return originOf({ host, isEncrypted: (socket as TLSSocket).encrypted === true }, this.settings.publicUrl);
  }
}
