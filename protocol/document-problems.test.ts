import { z } from 'zod';
import { documentProblems, problemText } from './document-problems';
import { ProcessDocument } from './process-document';
import { readYaml } from './yaml-source';

const Document = z.strictObject({ processes: z.array(ProcessDocument) });

function problems(text: string): string[] {
  const source = readYaml(text);
  const parsed = Document.safeParse(source.value);
  if (parsed.success) return [];
  return documentProblems(parsed.error, Document, source.value, source).map((one) => problemText('w.yaml', one));
}
const inProcess = (...lines: string[]): string =>
  ['processes:', '  - name: web', '    command: serve', ...lines.map((line) => `    ${line}`), ''].join('\n');

test.each([
  [inProcess('comand: x'), 'w.yaml:4:5: processes[0].comand is not a known key; did you mean command?'],
  [
    inProcess('limits:', '  mem: 2G'),
    'w.yaml:5:7: processes[0].limits.mem is not a known key; known here: memory, cpu',
  ],
  [inProcess('alive: {tpc: 80}'), 'w.yaml:4:13: processes[0].alive.tpc is not a known key; did you mean tcp?'],
  [
    inProcess('alive:', '  - {silense: 3}'),
    'w.yaml:5:10: processes[0].alive[0].silense is not a known key; did you mean silence?',
  ],
  [
    inProcess('alive:', '  - {log: "("}'),
    'w.yaml:5:10: processes[0].alive[0].log: must be a regular expression (given: "(")',
  ],
  [inProcess('ready: {within: 5}'), 'w.yaml:4:5: processes[0].ready: must name exactly one of http, tcp, exec and log'],
  [
    inProcess('depends_on: {db: redy}'),
    'processes[0].depends_on.db must be one of started, ready, completed, not "redy"',
  ],
  [inProcess('restart_delay: soon'), 'processes[0].restart_delay: must be seconds, or a number with ms, s, m, h or d'],
  [inProcess('auto_start: 3'), 'w.yaml:4:5: processes[0].auto_start must be true or false, not 3'],
  ['processes:\n  - command: x\n', 'w.yaml:2:5: processes[0].name is missing; it must be text'],
  ['proceses: []\n', 'w.yaml:1:1: proceses is not a known key; did you mean processes?'],
])('%j', (text, sentence) => expect(problems(text).join('\n')).toContain(sentence));

test('all problems, in the order of the document', () => {
  const found = problems(`${inProcess('umask: "9"', 'env: {A: [1]}')}  - {name: b}\n`);
  expect(found.map((line) => line.split(' ')[0])).toEqual(['w.yaml:4:5:', 'w.yaml:5:11:', 'w.yaml:6:5:']);
});

test('a secret that is wrong is not repeated', () => {
  const [sentence = ''] = problems(inProcess('env: {TOKEN: [hush]}'));
  expect(sentence).toContain('env.TOKEN');
  expect(sentence).not.toContain('hush');
});
