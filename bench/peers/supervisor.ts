/** supervisord: asked by XML-RPC over HTTP on loopback, as supervisorctl does. */
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { untilSeen } from '../deadline';
import { freePort } from '../free-port';
import type { Program } from '../program';
import type { Rig } from '../rig';
import { Absent, debianPeer } from './install';

export interface SupervisedProgram {
  readonly name: string;
  readonly command: string;
  readonly autostart: boolean;
}

export class Supervisor {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    private readonly daemon: Program,
    private readonly port: number,
    /** supervisorctl's command line, up to its verb. */
    readonly ctl: readonly [string, ...string[]],
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async start(rig: Rig, programs: readonly SupervisedProgram[]): Promise<Supervisor | Absent> {
    const root = await debianPeer('supervisor');
    if (root instanceof Absent) return root;
    const port = await freePort();
    const config = rig.path('supervisord.conf');
    writeFileSync(config, configuration(rig, port, programs));
    const environment = { PYTHONPATH: join(root, 'usr', 'lib', 'python3', 'dist-packages') };
    const tool = (name: string) => ['/usr/bin/python3', join(root, 'usr', 'bin', name), '-c', config] as const;
    const daemon = rig.start([...tool('supervisord'), '-n'], { env: environment, cwd: rig.scratch });
    const supervisor = new Supervisor(daemon, port, tool('supervisorctl'), environment);
    rig.atEnd(() => supervisor.#agent.destroy());
    await untilSeen('supervisord to answer', () => {
      daemon.assertAlive();
      return supervisor.call('supervisor.getState').catch(() => null);
    });
    return supervisor;
  }

  get pid(): number {
    return this.daemon.pid;
  }

  async startProgram(name: string): Promise<void> {
    await this.call('supervisor.startProcess', name, false);
  }

  /** Resolves when it is gone. */
  async stopProgram(name: string): Promise<void> {
    await this.call('supervisor.stopProcess', name, true);
  }

  private call(method: string, ...parameters: (string | boolean)[]): Promise<string> {
    const body = xmlCall(method, parameters);
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path: '/RPC2',
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () =>
            text.includes('<fault>') ? reject(new Error(`supervisord refused ${method}: ${text}`)) : resolve(text),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

const xmlCall = (method: string, parameters: readonly (string | boolean)[]): string =>
  `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${parameters
    .map((one) => (typeof one === 'string' ? `<string>${one}</string>` : `<boolean>${one ? 1 : 0}</boolean>`))
    .map((value) => `<param><value>${value}</value></param>`)
    .join('')}</params></methodCall>`;

const configuration = (rig: Rig, port: number, programs: readonly SupervisedProgram[]): string =>
  [
    '[supervisord]',
    `logfile=${rig.path('supervisord.log')}`,
    `pidfile=${rig.path('supervisord.pid')}`,
    `childlogdir=${rig.scratch}`,
    'loglevel=warn',
    '[inet_http_server]',
    `port=127.0.0.1:${port}`,
    '[supervisorctl]',
    `serverurl=http://127.0.0.1:${port}`,
    '[rpcinterface:supervisor]',
    'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
    ...programs.flatMap(({ name, command, autostart }) => [
      `[program:${name}]`,
      `command=${command}`,
      `autostart=${autostart}`,
      'autorestart=true',
      // Else a start is "starting" for a second, and a death within it is counted as a failed start.
      'startsecs=0',
      'stopwaitsecs=10',
    ]),
    '',
  ].join('\n');
