import { en } from '../words/en';
import { refusalOf, refusalOfAll, refusalText } from './refusal';
import type { Session } from './session';

const operatorOnNlp: Session = {
  kind: 'in',
  person: null,
  grants: [{ role: 'operator', on: { team: 'nlp' } }],
  csrf: null,
};
const viewer: Session = { ...operatorOnNlp, grants: [{ role: 'viewer', on: null }] };
const nlp = ['a', { team: 'nlp' }] as const;
const vision = ['b', { team: 'vision' }] as const;

describe('what one may not do', () => {
  it('is said with the role that is missing, and where', () => {
    const text = (session: Session, on: typeof nlp | typeof vision) => {
      const lack = refusalOf(session, 'process.control', on);
      return lack === null ? null : refusalText(lack, en.rights);
    };
    expect(text(operatorOnNlp, nlp)).toBeNull();
    expect(text(operatorOnNlp, vision)).toBe('You may not on b: this takes the role operator there.');
    expect(text(viewer, nlp)).toBe('You may not: this takes the role operator.');
  });
  it('of many is refused here only when it is refused for each', () => {
    expect(refusalOfAll(operatorOnNlp, 'process.control', [nlp, vision])).toBeNull();
    expect(refusalOfAll(operatorOnNlp, 'process.control', [vision])).toEqual({ role: 'operator', worker: 'b' });
    expect(refusalOfAll(viewer, 'process.control', [])).toEqual({ role: 'operator', worker: null });
  });
});
