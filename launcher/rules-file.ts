/**
 * A file of rules by itself (`--security FILE`): a `security:` mapping and nothing else, for machines whose launcher has no
 * file of its own, and for rules that belong to somebody else than the launcher does.
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import { documentProblems } from '../protocol/document-problems';
import { RulesDocument, rulesOf, type Rules } from './core/rules';
import { mistakes, readOwnFile, sourceOf } from './own-file';

const Keys = z.strictObject({ security: RulesDocument });

/** @throws OwnFileError: without its rules a launcher does not begin */
export const readRulesFile = (file: string): Rules => parseRulesFile(readOwnFile(file), resolve(file));

/** @throws OwnFileError */
export function parseRulesFile(text: string, file: string): Rules {
  const source = sourceOf(text, file);
  const value = source.value ?? {};
  const parsed = Keys.safeParse(value);
  if (!parsed.success) throw mistakes(file, documentProblems(parsed.error, Keys, value, source));
  return rulesOf(parsed.data.security, file);
}
