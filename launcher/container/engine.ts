/** The engine as the keeping of one container needs it: dockerode, with errors as sentences. */
import Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { addressText, type EngineAddress } from './engine-address';
import { engineOf } from './engine-header';
import { askEngine } from './engine-request';
import type { createOptions, EngineKind } from './create-options';

/** The engine refused, or did not answer. The message is a sentence. */
export class EngineError extends Error {
  constructor(
    message: string,
    /** Null = there was no answer. */
    readonly status: number | null,
  ) {
    super(message);
  }
}

/** Written to only where stdin was attached. */
export type Attached = NodeJS.ReadWriteStream;

export class Engine {
  readonly #docker: Docker;

  private constructor(
    readonly address: EngineAddress,
    docker: Docker,
    readonly kind: EngineKind,
    /** `podman 4.3.1`. */
    readonly name: string,
  ) {
    this.#docker = docker;
  }

  /**
   * Who it is, is in the header of every answer. Its version is asked only where that one says nothing: Podman starts three
   * programs to answer that, which took half of a container's start.
   * @throws EngineError
   */
  static async open(address: EngineAddress): Promise<Engine> {
    const docker = new Docker('socketPath' in address ? address : { ...address, protocol: 'http' });
    const what = `the container engine at ${addressText(address)} does not answer`;
    const { server } = await said(what, askEngine(address, 'GET', '/_ping'));
    const named = engineOf(server);
    if (named !== null) return new Engine(address, docker, named.kind, `${named.kind} ${named.version}`);
    const version = await said(what, docker.version() as Promise<VersionWord>);
    const isPodman = version.Components?.some(({ Name }) => /podman/i.test(Name)) ?? false;
    const kind = isPodman ? 'podman' : 'docker';
    return new Engine(address, docker, kind, `${kind} ${version.Version}`);
  }

  /** Returns the container's id. @throws EngineError; status 404: the image is not here */
  async create(options: ReturnType<typeof createOptions>): Promise<string> {
    const what = `the container of image ${options.Image} could not be made`;
    return (await said(what, this.#docker.createContainer(options))).id;
  }

  /** Resolves when the image is here. @throws EngineError */
  async pull(image: string): Promise<void> {
    const what = `the image ${image} could not be pulled`;
    const progress = await said(what, this.#docker.pull(image));
    // A refusal of the registry comes in the midst of an answer that began with 200.
    await said(
      what,
      new Promise<void>((resolve, reject) =>
        this.#docker.modem.followProgress(progress, (error: Error | null, words: { error?: string }[] | undefined) => {
          const refusal = error ?? words?.find((word) => word.error !== undefined);
          if (refusal === undefined) resolve();
          else reject(refusal instanceof Error ? refusal : new Error(refusal.error));
        }),
      ),
    );
  }

  /** From now on every byte that it writes comes through here, until it ends or the engine lets go. */
  attach(id: string, hasStdin: boolean): Promise<Attached> {
    const options = { stream: true, stdout: true, stderr: true, ...(hasStdin ? { stdin: true, hijack: true } : {}) };
    return said('its output could not be attached to', this.#docker.getContainer(id).attach(options));
  }

  start(id: string): Promise<void> {
    return said('the container could not be started', this.#docker.getContainer(id).start());
  }

  /**
   * The exit code, when it ended. Not asked through the library: where the engine is killed after it began to answer, that
   * one's promise never settles.
   */
  async wait(id: string): Promise<number> {
    const what = 'the container could not be waited for';
    const asked = askEngine(this.address, 'POST', `/containers/${id}/wait`, { withinMs: null });
    const { status, body } = await said(what, asked);
    const { StatusCode: code, message } = (body ?? {}) as { StatusCode?: number; message?: string };
    if (status === 200 && code !== undefined) return code;
    throw new EngineError(`${what}: ${message ?? `the engine answered ${status}`}`, status);
  }

  /** Not through the library either, for the same reason: it is asked while the container lives. */
  async inspect(id: string): Promise<ContainerInspectInfo> {
    const what = 'the container could not be looked at';
    const { status, body } = await said(what, askEngine(this.address, 'GET', `/containers/${id}/json`));
    if (status === 200) return body as ContainerInspectInfo;
    throw new EngineError(`${what}: the engine answered ${status}`, status);
  }

  signal(id: string, signal: string): Promise<void> {
    return said(`${signal} could not be sent to the container`, this.#docker.getContainer(id).kill({ signal }));
  }

  /** With its nameless volumes; resolves also when it is gone already. @param id or its name */
  async remove(id: string): Promise<void> {
    try {
      await said('the container could not be removed', this.#docker.getContainer(id).remove({ force: true, v: true }));
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== 404) throw error;
    }
  }
}

interface VersionWord {
  readonly Version: string;
  readonly Components?: readonly { readonly Name: string }[];
}

async function said<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { statusCode = null, json, message } = error as Error & { statusCode?: number; json?: { message?: string } };
    throw new EngineError(`${what}: ${json?.message ?? message}`, statusCode);
  }
}
