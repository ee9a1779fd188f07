/** What only RemoteGPU's agent knows (seed 003), and what it takes where nobody says anything. */
export interface AgentWords {
  /** RemoteGPU's name for this machine; null = not given. */
  readonly machineId: string | null;
  /** Of what a task wrote, kept of each stream. */
  readonly outputBytesMax: number;
  /** Keys of its file that mean nothing here, because the manager sends and is not polled. */
  readonly unused: readonly string[];
}

export const AGENT_DEFAULTS = {
  port: 8090,
  dataDir: '/var/lib/remotegpu-agent',
  slots: 4,
  outputBytesMax: 1_048_576,
} as const;
