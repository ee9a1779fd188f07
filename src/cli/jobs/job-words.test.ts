import { jobWords, listFilter } from './job-words';

test('filters and ids are told apart', () => {
  expect(jobWords(['j_1', 'state=running,queued', 'node=w*', 'team=nlp', 'stage=x*', 'train.3'])).toEqual({
    plain: ['j_1', 'train.3'],
    filter: { state: 'running,queued', worker: 'w*', label: 'team=nlp,stage=x*' },
  });
  expect(jobWords(['j_1']).filter).toEqual({});
});

test('a field is named once', () => {
  expect(() => jobWords(['node=a', 'worker=b'])).toThrow('worker=b');
});

test('a list takes one text beside its filters', () => {
  expect(listFilter(['train', 'owner=alice'])).toEqual({ q: 'train', owner: 'alice' });
  expect(() => listFilter(['a', 'b'])).toThrow('a, b');
});
