/** What every answer says to browsers: our pages load only what we serve, and nothing written into them. */
import helmet from 'helmet';
import type { RequestHandler } from 'express';
import type { TLSSocket } from 'node:tls';

const DIRECTIVES = {
  'default-src': ["'self'"],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'object-src': ["'none'"],
};
const YEAR_SECONDS = 31_536_000;

const headers = (directives: Record<string, string[]>, isTls: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // Over plain HTTP a browser is to ignore it, and behind somebody else's TLS it is theirs to say.
    strictTransportSecurity: isTls ? { maxAge: YEAR_SECONDS, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false,
  });

const plain = headers(DIRECTIVES, false);
const overTls = headers(DIRECTIVES, true);
export const pageHeaders: RequestHandler = (request, response, next) =>
  void ((request.socket as Partial<TLSSocket>).encrypted === true ? overTls : plain)(request, response, next);

/** Swagger UI writes styles and images into its page. */
export const docsPolicy: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: { ...DIRECTIVES, 'img-src': ["'self'", 'data:'], 'style-src': ["'self'", "'unsafe-inline'"] },
});
