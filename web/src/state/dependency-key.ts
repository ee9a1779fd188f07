/** Source: protocol/dependencies.ts, whose schemas the page does not carry. */
export const dependencyKey = (worker: string, written: string): string =>
  written.includes('/') ? written : `${worker}/${written}`;
