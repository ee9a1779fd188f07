import { globMatches } from './glob';
import { compileSelector, matches, select, type Selectable } from './selector';

const target = (key: string, more: Partial<Selectable> = {}): Selectable => {
  const [worker = '', process = ''] = key.split('/');
  return { key, worker, process, id: process, labels: {}, state: 'running', ...more };
};
const keys = (words: string[], targets: Selectable[]) => targets.filter(compileSelector(words)).map((t) => t.key);

const api1 = target('n1/api-1', { labels: { zone: 'a' } });
const api2 = target('n2/api-2', { labels: { zone: 'b' }, state: 'backoff' });
const db = target('api-host/db', { state: 'failed' });
const fleet = [api1, api2, db];

describe('a selector', () => {
  test('names are alternatives: an id, a key, a glob of either', () => {
    expect(keys(['api-1', 'api-host/db'], fleet)).toEqual(['n1/api-1', 'api-host/db']);
    expect(keys(['api-*'], fleet)).toEqual(['n1/api-1', 'n2/api-2']);
    expect(keys(['*/db', 'n1/*'], fleet)).toEqual(['n1/api-1', 'api-host/db']);
    expect(
      keys(['w1', 'api-*'], [target('w1/main', { id: 'w1' }), target('w1/api-3', { id: 'w1/api-3' })]),
    ).toHaveLength(2);
    expect(keys(['n?/api-?'], fleet)).toEqual(['n1/api-1', 'n2/api-2']);
  });

  test('a word without a slash never reaches a process through its worker', () => {
    expect(keys(['api*'], fleet)).not.toContain('api-host/db');
    expect(keys(['api*'], [target('api-host/db', { id: 'api-host/db' })])).toEqual([]);
    expect(keys(['n*b'], [target('n1/db')])).toEqual([]);
  });

  test('all and * are everyone', () => {
    for (const word of ['all', '*']) expect(keys([word], fleet)).toHaveLength(3);
  });

  test('narrowings must all hold, beside any name or alone', () => {
    expect(keys(['node=n*'], fleet)).toEqual(['n1/api-1', 'n2/api-2']);
    expect(keys(['node=n*', 'state=backoff'], fleet)).toEqual(['n2/api-2']);
    expect(keys(['api-1', 'db', 'state!=running'], fleet)).toEqual(['api-host/db']);
    expect(keys(['all', 'zone=a'], fleet)).toEqual(['n1/api-1']);
  });

  test('label!=v holds for a worker without the label too', () => {
    expect(keys(['zone!=a'], fleet)).toEqual(['n2/api-2', 'api-host/db']);
    expect(matches(['zone=*'], db)).toBe(false);
  });

  test('a label called toString is a label and nothing inherited', () => {
    expect(matches(['toString=*'], api1)).toBe(false);
  });

  test('a state that does not exist is refused by name', () => {
    expect(() => compileSelector(['state=runing'])).toThrow(/did you mean state=running/);
  });

  test('names that stand for nobody are told, narrowed ones are not', () => {
    expect(select(['api-1', 'api-9', 'x*', 'zone=b'], fleet)).toEqual({ chosen: [], unknown: ['api-9', 'x*'] });
    expect(select(['db'], fleet)).toEqual({ chosen: [db], unknown: [] });
  });
});

test('a glob made to backtrack ends at once', () => {
  expect(globMatches('*a*a*a*a*a*a*a*a*b', 'a'.repeat(10_000))).toBe(false);
  expect(globMatches('a*c?f*', 'abcdefg')).toBe(false);
  expect(globMatches('a*d?f*', 'abcdefg')).toBe(true);
  expect(globMatches('', '')).toBe(true);
});
