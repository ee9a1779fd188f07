/** A container on a full disk: a trace that cannot be written costs nothing but itself. The engine is one of ours. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunId } from '../../protocol/ids';
import { ProcessSpec } from '../../protocol/process-spec';
import { ContainerPlan } from './container-plan';
import { writeTrace } from './container-trace';
import { keepContainer } from './keep-container';

jest.mock('./container-trace', () => ({ writeTrace: jest.fn() }));

const ID = 'a'.repeat(64);
const INSPECTED = {
  Id: ID,
  State: { Pid: 0, OOMKilled: false },
  HostConfig: { NetworkMode: 'none', ReadonlyRootfs: false },
  Config: { User: '' },
};

let directory: string;
let socket: string;
let server: Server;
const asked: string[] = [];
const ends: ServerResponse[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'procguard-container-'));
  socket = join(directory, 'engine.sock');
  server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const tell = (status: number, word: object): unknown =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(word));
    asked.push(`${method} ${url}`);
    response.setHeader('Server', 'Docker/24.0.0 (linux)');
    if (url.includes('/create')) return tell(201, { Id: ID, Warnings: [] });
    if (url.includes('/attach')) {
      response.writeHead(200).flushHeaders();
      return ends.push(response);
    }
    if (url.includes('/wait')) {
      ends.forEach((attached) => attached.end());
      return tell(200, { StatusCode: 0 });
    }
    if (url.includes('/start') || method === 'DELETE') return response.writeHead(204).end();
    if (url.includes('/_ping')) return response.end('OK');
    return tell(200, INSPECTED);
  });
  await new Promise<void>((done) => server.listen(socket, done));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

test('it runs to its own end, which is told, and the output says what could not be written', async () => {
  const { container: spec, stop } = ProcessSpec.parse({ name: 'p', command: ['true'], container: { image: 'x' } });
  const plan = ContainerPlan.parse({
    spec,
    stop,
    words: ['true'],
    workingDir: null,
    hasStdin: false,
    openFiles: null,
    oomScore: null,
    worker: 'w',
    process: 'p',
  });
  jest.mocked(writeTrace).mockImplementation((_directory, { kind }) => {
    if (kind !== 'making') throw new Error('ENOSPC: no space left on device');
  });
  const said: string[] = [];
  const run = RunId.parse('1795296872142do3phrwpigr3');
  const kept = { run, directory, plan, env: [], say: (sentence: string) => said.push(sentence) };
  expect(await keepContainer(kept, { socketPath: socket })).toBe(0);
  const trouble = 'its trace could not be written: ENOSPC: no space left on device';
  expect(said).toEqual([trouble, trouble]);
  expect(asked.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
});
