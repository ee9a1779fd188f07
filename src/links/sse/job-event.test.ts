import type { JobWord } from '../../../protocol/link';
import type { Model } from '../../core/model';
import { jobEvent } from './job-event';

const told = (env: Record<string, string>, meta: Record<string, string> = {}) => {
  const spec = { env, secrets: [], command: 'x', workingDir: null };
  const model = { jobs: { job: () => ({ spec, meta }) } } as unknown as Model;
  return jobEvent(model, { kind: 'run', job: 'j', attempt: 'j.1', spec } as unknown as JobWord);
};

test('a worker is given what there is to run, and never the sealed text of a value', () => {
  expect(told({ API_KEY: 'value' })?.data).toMatchObject({ config: { env: { API_KEY: 'value' } } });
  expect(told({}, { config: '{"epochs":2}' })?.data).toMatchObject({ config: { epochs: 2 } });
  expect(told({ API_KEY: 'sealed:v1:AAAA' })).toBeNull();
  expect(told({}, { config: 'sealed:v1:AAAA' })).toBeNull();
});
