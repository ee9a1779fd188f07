/** Logging in and out. The session itself is a cookie that no script can read; the page knows whose it is, and no more. */
import type { SessionReply } from '../../../protocol/trust-http';
import { isAnother, sessionAfter, type Session } from '../state/session';
import { createStore, type Store } from '../state/store';
import { ask, keepDoor, post, remove } from './ask';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Six digits of the second factor; absent = not asked for yet. */
  readonly totp?: string;
}

export interface SessionLink {
  readonly store: Store<Session>;
  /** Asks the manager anew. Never fails: while it cannot be reached, what was known stays. */
  refresh(): Promise<void>;
  /** Rejects with the manager's sentence. */
  login(credentials: Credentials): Promise<void>;
  /** The first admin, by a one-time link. Rejects with the manager's sentence. */
  setUp(first: Credentials & { readonly token: string }): Promise<void>;
  /** One's own; every other session ends. Rejects with the manager's sentence. */
  changePassword(current: string, password: string): Promise<void>;
  /** Rejects when the manager did not hear of it: the session is still good then. */
  logout(): Promise<void>;
}

const FIRST_ANSWER_RETRY_MS = 1_000;

export function openSession(): SessionLink {
  const store = createStore<Session>({ kind: 'asking' });
  const take = (reply: SessionReply) => {
    const before = store.get();
    const after = sessionAfter(before, reply);
    // What is on the page was asked for by somebody else. The address stays.
    if (isAnother(before, after)) location.reload();
    else store.set(() => (JSON.stringify(after) === JSON.stringify(before) ? before : after));
  };
  /** How often who this is was changed from here; what was asked before says nothing any more. */
  let changes = 0;
  let changing: Promise<unknown> = Promise.resolve();
  /**
   * The manager cuts the page's connection while it still answers the login that is the reason for it. Whoever asks then
   * asks with the old cookie: such an answer is dropped, and asked for again.
   */
  const change = async <T>(asked: Promise<T>, after: (reply: T) => void): Promise<void> => {
    changes++;
    changing = asked.catch(() => undefined);
    const reply = await asked;
    changes++;
    after(reply);
  };
  const askUntilNew = async (): Promise<void> => {
    for (;;) {
      await changing;
      const before = changes;
      const reply = await ask<SessionReply>('session');
      if (before === changes) return take(reply);
    }
  };
  let asking: Promise<void> | null = null;
  const refresh = () => {
    asking ??= askUntilNew()
      .catch(() => {
        if (store.get().kind === 'asking') setTimeout(() => void refresh(), FIRST_ANSWER_RETRY_MS);
      })
      .finally(() => (asking = null));
    return asking;
  };
  keepDoor({
    csrf: () => {
      const session = store.get();
      return session.kind === 'in' ? session.csrf : null;
    },
    askAnew: refresh,
  });
  return {
    store,
    refresh,
    login: (credentials) => change(post<SessionReply>('session', credentials), take),
    setUp: (first) => change(post<SessionReply>('setup', first), take),
    changePassword: (current, password) => change(post<SessionReply>('session/password', { current, password }), take),
    logout: () => change(remove('session'), () => store.set(() => ({ kind: 'login', ended: null }))),
  };
}
