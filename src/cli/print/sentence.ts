/** What the manager or a launcher says, for people: the moments in it by the reader's own clock. */
import { withMoments } from '../../../protocol/told-moments';
import { zonedTime } from './amounts';
import { printable } from './text-width';

export const sentence = (said: string): string => withMoments(printable(said), zonedTime);
