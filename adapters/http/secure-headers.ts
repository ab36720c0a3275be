import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

const ONE_YEAR = 365 * 24 * 60 * 60;

/** An API's answers are data: nothing in them may run, be framed or load anything. */
export function secureHeaders(production: boolean): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Elsewhere it would turn http://localhost off for a year, for every project on that machine.
    strictTransportSecurity: production && { maxAge: ONE_YEAR, includeSubDomains: true },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Other origins read answers as the CORS list allows, and embed nothing.
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}
