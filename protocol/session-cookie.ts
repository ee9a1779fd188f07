/** Of a login in a browser; its value does as a bearer token, too. */
export const SESSION_COOKIE = 'procguard_session';
