/** The program's version, from package.json; put in at build time. */
import { version } from '../package.json';
export const VERSION: string = version;
