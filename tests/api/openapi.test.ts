/** What the manager says of itself: its description, the page that shows it, its metrics and its two health checks. */
import { allRoutes } from '../../src/faces/http/server';
import type { HttpParts, Route } from '../../src/faces/http/route';
import { managerHere, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';
import { RUN, running } from '../harness/launcher-words';

let manager: ManagerHere;
let launcher: ScriptedLauncher;
beforeAll(async () => {
  manager = await managerHere();
  launcher = new ScriptedLauncher(manager.url, 'w1');
  await launcher.register();
  await launcher.connect();
  await launcher.sync(running(), [RUN]);
  await launcher.ship(RUN, 0, 'twelve bytes');
});
afterAll(async () => {
  launcher.close();
  await manager.stop();
});

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: object;
}
interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { schema: { properties?: object } }> };
  readonly responses: Record<string, object>;
}
interface Description {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
}

// Only their handlers use the parts, and none is called here.
const routes = allRoutes({} as HttpParts);
const describeOf = async (): Promise<Description> => (await manager.get('/api/openapi.json')).body as Description;
const pathOf = ({ path }: Route): string => path.replaceAll(/:(\w+)/g, '{$1}');

test.each(routes.map((route) => [route.method, route.path, route] as const))(
  '%s %s is described with its parameters and its body',
  async (method, path, route) => {
    const operation = (await describeOf()).paths[pathOf(route)]?.[method];
    expect(operation?.summary).toBe(route.summary);
    const inPath = operation?.parameters.filter((parameter) => parameter.in === 'path');
    const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(inPath?.map(({ name, required }) => [name, required])).toEqual(names.map((name) => [name, true]));
    const inQuery = operation?.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    const shape = (route.query as { shape?: object } | undefined)?.shape ?? {};
    expect(inQuery).toEqual(Object.keys(shape));
    expect(operation?.requestBody !== undefined).toBe(route.body !== undefined);
    expect(Object.keys(operation?.responses ?? {})).toEqual(['200', 'default']);
  },
);

test('the description holds these and nothing else', async () => {
  const { openapi, info, paths } = await describeOf();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(described.sort()).toEqual(routes.map((route) => `${route.method} ${pathOf(route)}`).sort());
  expect(openapi).toBe('3.1.0');
  expect(info.version).toBe(((await manager.get('/api/server/info')).body as { version: string }).version);
});

test('a field of a body says what it must be', async () => {
  const operation = (await describeOf()).paths['/api/workers/{id}/command']?.['post'];
  expect(operation?.requestBody?.content['application/json']?.schema).toMatchObject({
    type: 'object',
    required: ['command'],
    properties: { command: { type: 'string' }, wait: { type: 'boolean', default: true } },
  });
});

test('the page of the API loads, with all that it needs and from here alone', async () => {
  const page = await fetch(`${manager.url}/api/docs/`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => asset ?? '');
  expect(assets.some((asset) => asset.endsWith('swagger-ui-bundle.js'))).toBe(true);
  for (const asset of assets) {
    const url = new URL(asset, `${manager.url}/api/docs/`);
    expect(url.origin).toBe(manager.url);
    const { status, headers } = await fetch(url);
    expect([asset, status, headers.get('content-type')]).toEqual([asset, 200, expect.stringMatching(typeOf(asset))]);
  }
  expect((await manager.get('/api/docs/swagger-initializer.js')).text).toContain('/api/openapi.json');
  // Without the slash too, because that is what people type.
  expect((await fetch(`${manager.url}/api/docs`)).url).toBe(`${manager.url}/api/docs/`);
});

const typeOf = (asset: string): RegExp =>
  asset.endsWith('.js') ? /^(text|application)\/javascript/ : asset.endsWith('.css') ? /^text\/css/ : /^image\/png/;

/** Prometheus text format 0.0.4, line by line: `name{label="value",...} value`. */
function parseMetrics(text: string): { samples: Map<string, number>; types: Map<string, string> } {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter(Boolean)) {
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type) types.set(type[1] ?? '', type[2] ?? '');
    if (line.startsWith('#')) {
      expect(line).toMatch(/^# (HELP|TYPE) [a-zA-Z_:][\w:]* .+$/);
      continue;
    }
    const sample =
      /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (-?[\d.eE+-]+|NaN|[+-]Inf)$/.exec(line);
    expect([line, sample === null]).toEqual([line, false]);
    samples.set(sample?.[1] ?? '', Number(sample?.[2]));
  }
  return { samples, types };
}

test('/metrics is Prometheus text, and has the fleet in it', async () => {
  const response = await fetch(`${manager.url}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain;.*\bversion=0\.0\.4/);
  const { samples, types } = parseMetrics(await response.text());
  const labels = '{worker="w1",process="w1"}';
  expect(Object.fromEntries([...samples].filter(([name]) => name.startsWith('procguard_')))).toMatchObject({
    'procguard_workers{state="busy"}': 1,
    'procguard_workers{state="offline"}': 0,
    'procguard_processes{state="running"}': 1,
    'procguard_processes{state="failed"}': 0,
    [`procguard_process_up${labels}`]: 1,
    [`procguard_process_restarts${labels}`]: 0,
    [`procguard_process_log_bytes${labels}`]: 'twelve bytes'.length,
    'procguard_worker_silence_seconds{worker="w1"}': expect.any(Number),
  });
  expect(types.get('procguard_processes')).toBe('gauge');
  expect(types.get('process_cpu_seconds_total')).toBe('counter');
});

test('/healthz says that it answers, /readyz that it serves', async () => {
  expect(await manager.get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  const { status, body } = await manager.get('/readyz');
  // Strangers are answered too: not a word of the fleet.
  expect([status, body]).toEqual([200, { status: 'ready' }]);
});
