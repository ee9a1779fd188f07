/** For facts that a program writes into a file: it may not have begun to. */
import { existsSync, readFileSync } from 'node:fs';

/** What the file says by now; '' while there is none. */
export const textIn = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
