/**
 * `PROCGUARD_*` variables over the file: `web.port` is `PROCGUARD_WEB_PORT`. A value is read as YAML where the key takes
 * it so, otherwise as the text it is: `PROCGUARD_WEB_ALLOWED_HOSTS=[a, b]`, `PROCGUARD_STATE_DATA_DIR=2026`. An empty one
 * counts as not set.
 */
import { z } from 'zod';
import { nearest } from '../../protocol/errors';
import { keyText, LEAVES, schemaOf } from './key-table';
import { readYaml, type KeyPath } from '../../protocol/yaml-source';

export interface Override {
  readonly path: KeyPath;
  readonly value: unknown;
}
export interface EnvironmentOverride extends Override {
  readonly variable: string;
}
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'PROCGUARD_';
export const variableOf = (path: KeyPath): string => PREFIX + path.join('_').toUpperCase();
const BY_VARIABLE = new Map(LEAVES.map((path) => [variableOf(path), path]));

/** Names of seed 004 for keys of ours, and how their values are written here. Ours win. */
const ELSEWHERE: Readonly<Record<string, { readonly path: KeyPath; readonly as: (text: string) => string }>> = {
  SIMPLETUNER_AUDIT_RETENTION_DAYS: { path: ['audit', 'retain_age'], as: (days) => `${days}d` },
  SIMPLETUNER_HEARTBEAT_TIMEOUT: { path: ['jobs', 'stream_timeout'], as: (seconds) => seconds },
};

export function environmentOverrides(env: Environment): EnvironmentOverride[] {
  const given = (variable: string, path: KeyPath, as: (text: string) => string): EnvironmentOverride[] => {
    const text = env[variable];
    return text === undefined || text === '' ? [] : [{ variable, path, value: valueOf(as(text), path) }];
  };
  return [
    ...Object.entries(ELSEWHERE).flatMap(([variable, { path, as }]) => given(variable, path, as)),
    ...[...BY_VARIABLE].flatMap(([variable, path]) => given(variable, path, (text) => text)),
  ];
}

/** What a text means for a key: the YAML value when the key takes that, else the text itself. */
export function valueOf(text: string, path: KeyPath): unknown {
  const schema = schemaOf(path);
  const parsed = yamlOr(text);
  const takes = (value: unknown): boolean => schema !== null && z.safeParse(schema, value).success;
  return !takes(parsed) && takes(text) ? text : parsed;
}

function yamlOr(text: string): unknown {
  try {
    return readYaml(text).value;
  } catch {
    return text;
  }
}

/**
 * Variables that were surely meant for a key and name none. Others with our prefix belong to other programs
 * (`PROCGUARD_URL`, what a run finds in its environment, the tests') and are let be.
 */
export function environmentWarnings(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !BY_VARIABLE.has(name) && !OTHERS.test(name) && looksMeant(name))
    .sort()
    .map((name) => {
      const rest = name.slice(PREFIX.length);
      const [near] = nearest(name, BY_VARIABLE.keys());
      const known = [...BY_VARIABLE.keys()].find((variable) => variable.endsWith(`_${rest}`)) ?? near;
      const meant = known === undefined ? '' : `; did you mean ${known} (${keyText(BY_VARIABLE.get(known) ?? [])})?`;
      return `${name} in the environment names no configuration key and is ignored${meant}`;
    });
}

const OTHERS =
  /^PROCGUARD_(URL|CA|CA_FINGERPRINT|CLIENT_CERT|CLIENT_KEY|TEST.*|WORKER_ID|RUN_ID|PROCESS|AUDIT_KEY|SECRET_KEY|SECRET_KEY_FILE)$/;
const SECTIONS = [...new Set(LEAVES.map(([section]) => String(section).toUpperCase()))];

/** Its first word is a section, or nearly; or the whole of it is the last part of a key (`PROCGUARD_PORT`). */
function looksMeant(name: string): boolean {
  const rest = name.slice(PREFIX.length);
  const [first = ''] = rest.split('_');
  const nearSection = rest.includes('_') && nearest(first, SECTIONS).some((section) => section.length > 2);
  return nearSection || [...BY_VARIABLE.keys()].some((variable) => variable.endsWith(`_${rest}`));
}
