/** What every answer says to browsers: our pages load only what we serve, and nothing written into them. */
import helmet from 'helmet';
import type { RequestHandler } from 'express';

const DIRECTIVES = {
  'default-src': ["'self'"],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'object-src': ["'none'"],
};

export const pageHeaders: RequestHandler = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
  // The server with TLS says it, on every road and not to localhost.
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
  xPoweredBy: false,
});

/** Swagger UI writes styles and images into its page. */
export const docsPolicy: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: { ...DIRECTIVES, 'img-src': ["'self'", 'data:'], 'style-src': ["'self'", "'unsafe-inline'"] },
});
