import { labelsText, readLabels } from './labels';

describe('labels', () => {
  it('are read as they are written', () => {
    expect(readLabels(' team=nlp, zone = us-* ,')).toEqual({ labels: { team: 'nlp', zone: 'us-*' } });
    expect(readLabels('')).toEqual({ labels: {} });
    expect(labelsText({ team: 'nlp', zone: 'us-*' })).toBe('team=nlp, zone=us-*');
  });
  it('name the piece that is none', () => {
    expect(readLabels('team=nlp, zone')).toEqual({ bad: 'zone' });
    expect(readLabels('=x')).toEqual({ bad: '=x' });
  });
});
