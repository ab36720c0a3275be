import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

const ONE_YEAR = 365 * 24 * 60 * 60;

/** An API's answers are data: nothing in them may run, be framed or load anything. */
export function secureHeaders(production: boolean): Middleware {
  return onlyOnce(helmet(protection(production)));
}

function protection(production: boolean): Parameters<typeof helmet>[0] {
  return {
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
  };
}

/** Runs a middleware that sets the same headers for every request once, and sets those itself from then on. */
function onlyOnce(middleware: Middleware): Middleware {
  let headers: readonly (readonly [string, string])[] | null = null;
  return async function secureHeaders(ctx, next) {
    if (headers === null) {
      const before = new Set(ctx.res.getHeaderNames());
      await middleware(ctx, () => Promise.resolve());
      headers = ctx.res
        .getHeaderNames()
        .filter((name) => !before.has(name))
        .map((name) => [name, String(ctx.res.getHeader(name))]);
    } else {
      for (const [name, value] of headers) ctx.res.setHeader(name, value);
    }
    await next();
  };
}
