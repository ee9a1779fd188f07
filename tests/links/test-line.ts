/** One connection to a manager's link as a test holds it: the words go through as they are, also the wrong ones. */
import type { LauncherIdentity, RegisterBody } from '../../protocol/link';

export interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export type ShownProof = Pick<LauncherIdentity, 'token' | 'key'>;

export interface TestLine {
  readonly isOpen: boolean;
  say(event: string, body: unknown): void;
  /** Rejects when the line ends first. */
  ask(event: string, body: unknown): Promise<unknown>;
  close(): void;
}

export interface LineParty {
  heard(event: string, body: unknown): void;
  ended(): void;
}

/** A link as launchers reach it, perhaps over a road that can be cut. */
export interface LinkAddress {
  register(body: RegisterBody): Promise<Answer>;
  /** Rejects with `{code, message}` when the manager refuses. */
  open(identity: LauncherIdentity, party: LineParty): Promise<TestLine>;
  ship(query: URLSearchParams, bytes: Buffer, proof: ShownProof): Promise<Answer>;
  /** Lets go of what is not a line. */
  close(): void;
}

/** One of the links that the suite is held to. */
export interface LinkUnderTest {
  /** The ports that its launchers use, first to last, and what the manager must be told to have it. */
  manager(): Promise<{ readonly port: number; readonly env: Record<string, string>; readonly ports: number[] }>;
  /** @param ports where its ports are found, in the same order */
  address(ports: readonly number[]): LinkAddress;
}
