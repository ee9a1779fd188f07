/** This program's version, from package.json; bundled in, so that one file knows itself. */
import { version } from '../package.json';

export const VERSION: string = version;
