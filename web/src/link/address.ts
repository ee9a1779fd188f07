/** Addresses relative to the page, so that the dashboard also works behind a path of another server. */
export const apiUrl = (path: string): string => new URL(`api/${path}`, document.baseURI).href;
export const socketPath = (): string => new URL('socket.io', document.baseURI).pathname;
export const pageUrl = (): string => new URL('.', document.baseURI).href.replace(/\/$/, '');
export const segment = (word: string): string => encodeURIComponent(word);
