import { TemplateSubmission } from '../../../protocol/jobs-http';
import { EMPTY_NAMED, isMissing, namedBody } from './named-job';

const template = { name: 'train', description: null, parameters: { epochs: 3, data: null }, problem: null };
const form = (values: Record<string, string>, more: object = {}) => ({ ...EMPTY_NAMED, values, ...more });

test('a parameter without a default must be given; the others are as the template has them', () => {
  expect(isMissing(template, EMPTY_NAMED, 'data')).toBe(true);
  expect(isMissing(template, EMPTY_NAMED, 'epochs')).toBe(false);
  expect(namedBody(template, EMPTY_NAMED)).toBeNull();
  expect(namedBody(template, form({ data: 'x', epochs: '' }))).toEqual({
    template: 'train',
    parameters: { data: 'x' },
  });
});

test('what is laid over it is sent, numbers as numbers', () => {
  const texts = { name: ' a ', queue: '', priority: '2' };
  const body = namedBody(template, form({ data: '7', epochs: '5' }, { texts, worker: 'w1', hold: true }));
  expect(body).toEqual({
    template: 'train',
    parameters: { data: 7, epochs: 5 },
    name: 'a',
    priority: 2,
    needs: { worker: 'w1' },
    hold: true,
  });
  expect(TemplateSubmission.parse(body)).toEqual(body);
  expect(namedBody(template, form({ data: 'x' }, { texts: { ...texts, priority: 'high' } }))).toBeNull();
});
