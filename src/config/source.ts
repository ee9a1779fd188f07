/** Where the value of a key came from. What is nearer to the user wins: flag, then environment, then file, then default. */
export type Source =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** `configs/x.yaml:14`, `PROCGUARD_WEB_PORT`, `--port`, `default`. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${source.file}:${source.line}`;
    case 'env':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}
