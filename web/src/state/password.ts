import type { PASSWORD_CHARS_MIN as Asked } from '../../../protocol/trust-http';

/** What the manager asks of a password. Its type is the number itself: another one would not compile. */
export const PASSWORD_CHARS_MIN: typeof Asked = 10;
