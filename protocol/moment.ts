/** A time on the wire: ms since the epoch, and one that has a date. `new Date` of another throws where it is written out. */
import { z } from 'zod';

/** ECMAScript's last moment, in the year 275760. */
const LAST_MS = 8_640_000_000_000_000;

export const Moment = z.number().min(-LAST_MS).max(LAST_MS);
