/**
 * How launchers and the command line trust a manager that speaks TLS: by a file of authorities, by the fingerprint of one,
 * or by those that Node brings. A leaf that both programs share.
 *
 * A fingerprint is enough to begin with: the certificate is fetched from the manager itself, without trust, and is
 * believed because it has that fingerprint. From then on nothing else is.
 */
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, get, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { CA_PATH } from '../../../protocol/ca-fingerprint';
import type { TrustWanted } from '../../../protocol/trust-wanted';
import { tlsTroubleText, type ConnectionError } from '../../../protocol/tls-trouble';
import { authorityIn, type Authority } from './authority-in';

const FETCH_TIMEOUT_MS = 10_000;
const CA_BYTES_MAX = 64 * 1024;

export class ManagerTrust {
  /** The authority of the fingerprint; null = not needed, or not yet known. */
  #pinned: string | null;

  /** @param keptFile holds the authority of a fingerprint between two lives of this program; null = it is fetched each time */
  constructor(
    readonly url: string,
    private readonly wanted: TrustWanted,
    private readonly keptFile: string | null,
    /** For the whole of an authority. */
    private readonly fetchMs = FETCH_TIMEOUT_MS,
  ) {
    this.#pinned = this.#kept();
  }

  /** @throws a sentence: a file that is named and cannot be read */
  checkFiles(): void {
    const { caFile, clientCertFile, clientKeyFile } = this.wanted;
    if (caFile !== null) read('--ca', caFile);
    if (clientCertFile !== null) read('--client-cert', clientCertFile);
    if (clientKeyFile !== null) read('--client-key', clientKeyFile);
  }

  /**
   * To be asked before a first connection.
   * @throws a sentence: the authority of the fingerprint cannot be fetched, or is another one. It may succeed later
   */
  async ready(): Promise<void> {
    const { caFingerprint, isVerified } = this.wanted;
    if (caFingerprint === null || !isVerified || this.#pinned !== null || !this.url.startsWith('https:')) return;
    const { pem, fingerprint } = await this.fetchAuthority();
    if (fingerprint !== caFingerprint)
      throw new Error(
        `the certificate authority of ${this.url} is ${fingerprint}, and --ca-fingerprint says ${caFingerprint}: ` +
          'this is another manager, or it has a new authority; compare with what the manager says at its start',
      );
    this.#pinned = pem;
    if (this.keptFile === null) return;
    writeFileSync(`${this.keptFile}.new`, pem);
    renameSync(`${this.keptFile}.new`, this.keptFile);
  }

  /**
   * For one connection: files are read for each, since certificates are renewed while programs run.
   * @throws a sentence: a file that cannot be read
   */
  connectionOptions(): ConnectionOptions {
    const { caFile, caFingerprint, isVerified, clientCertFile, clientKeyFile, serverName } = this.wanted;
    const isPinned = caFingerprint !== null && isVerified;
    if (isPinned && this.#pinned === null) throw new Error(`the certificate authority of ${this.url} is not known yet`);
    const ca = isPinned ? this.#pinned : caFile === null ? null : read('--ca', caFile);
    const shown =
      clientCertFile === null
        ? {}
        : { cert: read('--client-cert', clientCertFile), key: read('--client-key', clientKeyFile ?? clientCertFile) };
    return {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: isVerified,
      // What stands in the file is trusted, also when it is the server's own certificate and not an authority.
      ...(ca === null ? {} : { ca, allowPartialTrustChain: true }),
      ...(serverName === null ? {} : { servername: serverName }),
      ...shown,
    };
  }

  /** Makes connections that are trusted so. No session is kept: it would outlive the trust it was made with. */
  agent(options: AgentOptions): Agent {
    return new TrustingAgent(() => this.connectionOptions(), { ...options, maxCachedSessions: 0 });
  }

  /** A sentence when trust, or its lack, is why there is no connection; else null. */
  trouble(error: ConnectionError): string | null {
    const { caFile, caFingerprint, clientCertFile } = this.wanted;
    const trusted = caFingerprint !== null ? 'pinned' : caFile !== null ? 'given' : 'public';
    return tlsTroubleText(error, {
      url: this.url,
      trusted,
      showsCertificate: clientCertFile !== null,
      nowMs: Date.now(),
    });
  }

  #kept(): string | null {
    if (this.keptFile === null || this.wanted.caFingerprint === null) return null;
    try {
      const { pem, fingerprint } = authorityIn(readFileSync(this.keptFile, 'utf8'));
      return fingerprint === this.wanted.caFingerprint ? pem : null;
    } catch {
      return null; // the first start with this fingerprint
    }
  }

  /**
   * The certificate of the manager's authority, from whoever answers: whether it is the right one is not known.
   * @throws a sentence
   */
  async fetchAuthority(): Promise<Authority> {
    const base = this.url.replace(/\/$/, '');
    const tooLate = AbortSignal.timeout(this.fetchMs);
    try {
      return authorityOf(await textAt(`${base}${CA_PATH}`, tooLate));
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      const why = tooLate.aborted
        ? `no whole answer within ${this.fetchMs / 1000} s`
        : (this.trouble(error as ConnectionError) ?? (message || String(code)));
      throw new Error(`the certificate authority of ${base} cannot be fetched: ${why}`, { cause: error });
    }
  }
}

/** Whoever stands on the way may cut the answer short, or never end it. */
async function textAt(url: string, tooLate: AbortSignal): Promise<string> {
  const request = get(url, { rejectUnauthorized: false, agent: false, signal: tooLate });
  // What comes behind the head is told by the response too.
  request.on('error', () => undefined);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200)
      throw new Error(
        `it answered ${response.statusCode}; a manager whose certificates were given has none to show, use --ca FILE`,
      );
    let pem = '';
    for await (const text of response.setEncoding('utf8')) {
      pem += text as string;
      if (pem.length > CA_BYTES_MAX) throw new Error('the answer is too long for a certificate');
    }
    return pem;
  } finally {
    request.destroy();
  }
}

function authorityOf(text: string): Authority {
  try {
    return authorityIn(text);
  } catch (error) {
    throw new Error('what it answered is no certificate', { cause: error });
  }
}

class TrustingAgent extends Agent {
  constructor(
    private readonly trust: () => ConnectionOptions,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: ConnectionOptions,
    connected: (error: Error | null, socket: Duplex) => void,
  ): Duplex {
    return super.createConnection({ ...options, ...this.trust() }, connected) as Duplex;
  }
}

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `the file of ${flag} cannot be read: ${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`,
      {
        cause: error,
      },
    );
  }
}
