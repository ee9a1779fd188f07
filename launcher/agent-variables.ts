/**
 * The variables of RemoteGPU's agent (seed 003). They count where an agent's file is read or AGENT_PORT is set, and nowhere
 * else: names such as SERVER_URL belong to many programs.
 */
import { LIMITS } from '../protocol/limits';
import type { Labels } from '../protocol/link';
import { dataDirOf } from './agent-file';
import { AGENT_DEFAULTS, type AgentWords } from './agent-words';
import type { Flag } from './flags';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which flag each stands for, and what its text means there. */
const STANDS_FOR: Partial<Record<Flag, { readonly variable: string; readonly as?: (text: string) => string }>> = {
  'local-api': { variable: 'AGENT_PORT' },
  'data-dir': { variable: 'AGENT_DB_PATH', as: dataDirOf },
  slots: { variable: 'AGENT_MAX_WORKERS' },
  'manager-url': { variable: 'SERVER_URL' },
  'worker-id': { variable: 'AGENT_ID' },
  token: { variable: 'AGENT_TOKEN' },
};

/** Without a file the variable that asks for the API is enough. */
const asksForAgent = (env: Environment): boolean => isSet(env['AGENT_PORT']);

interface AgentText {
  readonly text: string;
  readonly from: string;
}

/** Null = it is not said by a variable of the agent. */
export function agentText(flag: Flag, env: Environment): AgentText | null {
  const meant = STANDS_FOR[flag];
  const text = meant === undefined ? undefined : env[meant.variable];
  if (meant === undefined || !isSet(text)) return null;
  return { text: meant.as?.(text) ?? text, from: meant.variable };
}

/** What the original takes where nobody says anything. */
export const AGENT_FALLBACK: Partial<Record<Flag, string>> = {
  'local-api': String(AGENT_DEFAULTS.port),
  'data-dir': AGENT_DEFAULTS.dataDir,
  slots: String(AGENT_DEFAULTS.slots),
};

/**
 * @param file what an agent's file says
 * @returns null = it is not started as RemoteGPU's agent. Throws a sentence
 */
export function agentIn(env: Environment, file: AgentWords | null): AgentWords | null {
  if (file === null && !asksForAgent(env)) return null;
  const words = file ?? { machineId: null, outputBytesMax: AGENT_DEFAULTS.outputBytesMax, unused: [] };
  const byVariable = env['MACHINE_ID'];
  if (!isSet(byVariable)) return words;
  if (byVariable.length > LIMITS.nameCharsMax)
    throw new Error(`MACHINE_ID is longer than ${LIMITS.nameCharsMax} characters`);
  return { ...words, machineId: byVariable };
}

/** Under which a manager finds the machine by RemoteGPU's name for it. */
export const agentLabels = (agent: AgentWords | null): Labels =>
  agent?.machineId == null ? {} : { machine_id: agent.machineId };

const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';
