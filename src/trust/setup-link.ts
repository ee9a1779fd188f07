/**
 * The one-time link with which the first admin is made, or one who forgot everything comes back. Whoever may read and
 * write the data directory may make one: it is theirs anyway. The file holds the hash alone.
 */
import { timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hashOf, newToken } from './credentials';

export const SETUP_LINK_HOURS = 24;

const Kept = z.object({ hash: z.string().length(64), expires_at_ms: z.number() });
const fileIn = (dataDir: string): string => join(dataDir, 'setup-link.json');

/** A new one; the one before is void. */
export function makeSetupToken(dataDir: string, nowMs: number): string {
  const token = newToken('setup');
  const kept: z.infer<typeof Kept> = { hash: hashOf(token), expires_at_ms: nowMs + SETUP_LINK_HOURS * 3_600_000 };
  const temporary = `${fileIn(dataDir)}.new`;
  writeFileSync(temporary, JSON.stringify(kept), { mode: 0o600 });
  renameSync(temporary, fileIn(dataDir));
  return token;
}

export const setupUrl = (base: string, token: string): string => `${base.replace(/\/$/, '')}/?setup=${token}`;

/** Whether it is the link of now. It is void only once it was used: `voidSetupToken`. */
export function isSetupToken(dataDir: string, token: string, nowMs: number): boolean {
  const kept = read(dataDir);
  if (kept === null || kept.expires_at_ms <= nowMs) return false;
  return timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(kept.hash));
}

export const voidSetupToken = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });

function read(dataDir: string): z.infer<typeof Kept> | null {
  try {
    return Kept.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  } catch {
    return null; // none, or nothing that was written here
  }
}
