/**
 * An `env_file`: lines of NAME=value, as docker, systemd and shells write them. Blank lines and lines that begin with # or ;
 * are passed over, a leading `export ` is allowed. Nothing is expanded: a $ is a dollar.
 *
 * A value is taken as it stands, without the blanks around it; from ` #` on it is a comment. In single quotes everything is
 * itself; in double quotes \\n, \\t, \\r, \\", \\\\ and \\$ mean what they mean in C or a shell. A quoted value may go on over lines.
 */

export interface EnvMistake {
  /** Counted from 1. */
  readonly line: number;
  readonly what: string;
}

export type ParsedEnvFile =
  | { readonly kind: 'variables'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'mistake'; readonly mistake: EnvMistake };

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^=\s]+)[ \t]*=[ \t]*/;
const PASSED_OVER = /^[ \t]*(?:[#;].*)?$/;
const NAME = /^[A-Za-z_][\w.-]*$/;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', $: '$', '\n': '' };

export function parseEnvFile(text: string): ParsedEnvFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const variables: Record<string, string> = {};
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    const number = at + 1;
    at += 1;
    if (PASSED_OVER.test(line)) continue;
    const assignment = ASSIGNMENT.exec(line);
    const name = assignment?.[1] ?? '';
    if (assignment === null) return mistake(number, `"${shortened(line)}" is not of the form NAME=value`);
    if (!NAME.test(name)) return mistake(number, `"${shortened(name)}" cannot be the name of a variable`);
    if (line.includes('\0')) return mistake(number, `the value of ${name} holds a NUL`);
    let written = line.slice(assignment[0].length);
    const quote = /^["']/.exec(written)?.[0] ?? null;
    if (quote === null) {
      variables[name] = written.replace(/(^|[ \t]+)#.*$/, '').trimEnd();
      continue;
    }
    let end = endOfQuoted(written, quote);
    while (end < 0 && at < lines.length) {
      written += `\n${lines[at] ?? ''}`;
      at += 1;
      end = endOfQuoted(written, quote);
    }
    if (end < 0) return mistake(number, `the value of ${name} has no closing ${quote}`);
    if (!PASSED_OVER.test(written.slice(end + 1)))
      return mistake(number, `something stands behind the closing ${quote} of ${name}`);
    const inside = written.slice(1, end);
    variables[name] =
      quote === "'" ? inside : inside.replace(/\\([\s\S])/g, (both, escaped: string) => ESCAPED[escaped] ?? both);
  }
  return { kind: 'variables', variables };
}

/** Index of the closing quote; -1 = not in here. */
function endOfQuoted(written: string, quote: string): number {
  for (let at = 1; at < written.length; at++) {
    if (quote === '"' && written[at] === '\\') at += 1;
    else if (written[at] === quote) return at;
  }
  return -1;
}

/** The line and not its value: such files hold secrets, and sentences go into logs. */
const shortened = (text: string): string => {
  const start = text.trim().split(/[=\s]/)[0] ?? '';
  return start.length > 20 ? `${start.slice(0, 20)}...` : start;
};

const mistake = (line: number, what: string): ParsedEnvFile => ({ kind: 'mistake', mistake: { line, what } });
