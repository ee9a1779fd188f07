/** A client of another system (tests/fixtures/clients), and what it told of itself: one JSON object a line. */
import { resolve } from 'node:path';
import type { Program } from '../harness/program';
import { until } from '../harness/until';
import { DEADLINE_MS, type Json, type Scene } from './scene';

export class OldClient {
  /** And all that it told has been read. */
  #hasEnded = false;

  private constructor(readonly program: Program) {
    void program.ended.then(() => (this.#hasEnded = true));
  }

  /** An agent of RemoteGPU, with a pace that a test can wait for. */
  static agent(scene: Scene, { id, machine, token }: AgentName, flags = ''): OldClient {
    const who = `--server http://localhost:8080 --agent-id ${id} --machine-id ${machine} --token ${token}`;
    const pace = '--poll 0.1 --renew 0.3 --progress 0.2 --beat 0.5 --resend 0.2';
    return new OldClient(scene.type(`exec python3 ${CLIENTS}/remotegpu-agent.py ${who} ${pace} ${flags}`));
  }

  /** A worker of SimpleTuner, likewise. */
  static worker(scene: Scene, { name, token }: WorkerName, flags = '', url = 'http://localhost:8001'): OldClient {
    const who = `--orchestrator-url ${url} --worker-token ${token} --name ${name}`;
    return new OldClient(
      scene.type(`exec python3 ${CLIENTS}/simpletuner-worker.py ${who} --beat 0.5 --reconnect 0.2 ${flags}`),
    );
  }

  get told(): Json[] {
    return this.program.output
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => (line.startsWith('{"what"') ? [JSON.parse(line)] : []));
  }

  /** The first thing told that is like this. */
  until(what: string, isIt: (told: Json) => boolean): Promise<Json> {
    return until(what, DEADLINE_MS, () => {
      const found = this.told.find(isIt);
      if (found === undefined && this.#hasEnded) throw new Error(`it ended before ${what}: ${this.program.output}`);
      return found;
    });
  }

  /** The first event of its stream that has this type. */
  event(type: string): Promise<Json> {
    return this.until(`the event ${type}`, (told) => told.what === 'event' && told.type === type);
  }

  /** Everything it heard from paths that end so. */
  answers(pathEnd: string): Json[] {
    return this.told.filter(({ what, path }) => what === 'answer' && String(path).endsWith(pathEnd));
  }
}

export interface AgentName {
  readonly id: string;
  readonly machine: string;
  readonly token: string;
}
export interface WorkerName {
  readonly name: string;
  readonly token: string;
}

const CLIENTS = resolve('tests/fixtures/clients');
