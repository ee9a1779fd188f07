/** The line that puts a machine under this manager. */
export function joinCommand(asked: { workerId: string; managerUrl: string; command: string }): string {
  return [
    './start_worker.sh',
    `--worker-id ${shellWord(asked.workerId)}`,
    `--manager-url ${shellWord(asked.managerUrl)}`,
    ...(asked.command.trim() === '' ? [] : [`--command ${quoted(asked.command)}`]),
  ].join(' ');
}

/** As is where the shell would leave it alone. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word));

/** Double quotes where they are the more readable kind, single ones where anything inside would be expanded. */
const quoted = (text: string): string => (/["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`);

/** Source: protocol/ids.ts, whose schema the page does not carry. */
export const isWorkerId = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,127}$/.test(text);
