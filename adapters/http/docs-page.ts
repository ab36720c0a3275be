import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { namesTag } from './entity-tags.ts';
import type { HttpMiddleware } from './http-context.ts';

const DOCS_PATH = '/docs';
const ONE_DAY = 24 * 60 * 60;

/** Its own, as the API's allows nothing to run. Nothing inline either: what an attacker brings into the page stays text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // The style sheet draws its arrows with data: images.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Lazy Foundry API</title>
    <link rel="icon" href="${DOCS_PATH}/favicon-32x32.png">
    <link rel="stylesheet" href="${DOCS_PATH}/swagger-ui.css">
    <script src="${DOCS_PATH}/swagger-ui-bundle.js" defer></script>
    <script src="${DOCS_PATH}/start.js" defer></script>
  </head>
  <body>
    <main id="docs"></main>
  </body>
</html>
`;

/** No validator: it would send the document to a service elsewhere. The token that is typed in is not kept. */
const START = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

interface ServedFile {
  readonly type: string;
  /** Whether a copy may be shown for a day without asking for a newer one. */
  readonly lasting: boolean;
  read(): Promise<Buffer>;
}

/** All there is: no path of a request is ever looked up in a folder. */
const pages: ReadonlyMap<string, ServedFile> = new Map([
  [DOCS_PATH, { type: 'text/html', lasting: false, read: text(HTML) }],
  [`${DOCS_PATH}/start.js`, { type: 'text/javascript', lasting: false, read: text(START) }],
  [`${DOCS_PATH}/swagger-ui.css`, asset('text/css', import.meta.resolve('swagger-ui-dist/swagger-ui.css'))],
  [
    `${DOCS_PATH}/swagger-ui-bundle.js`,
    asset('text/javascript', import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
  ],
  [`${DOCS_PATH}/favicon-32x32.png`, asset('image/png', import.meta.resolve('swagger-ui-dist/favicon-32x32.png'))],
]);

export const DOCS_PATHS: readonly string[] = [...pages.keys()];

/** A page to read and try the API, with nothing from elsewhere. It asks for the OpenAPI document itself. */
export function serveDocs(): HttpMiddleware {
  /** Each is read once, when it is first asked for. */
  const kept = new Map<string, { readonly bytes: Buffer; readonly tag: string }>();
  return async function serveDocs(ctx) {
    const page = pages.get(ctx.path);
    if (page === undefined) throw new Error(`No page at ${ctx.path}`);
    ctx.state.route = ctx.path;
    const { bytes, tag } = kept.get(ctx.path) ?? tagged(await page.read());
    kept.set(ctx.path, { bytes, tag });
    ctx.set({
      'Content-Security-Policy': POLICY,
      'Cache-Control': page.lasting ? `public, max-age=${ONE_DAY}` : 'no-cache',
      ETag: `"${tag}"`,
    });
    if (namesTag(ctx.get('If-None-Match'), tag)) {
      ctx.status = 304;
      return;
    }
    ctx.set('Content-Type', page.type.startsWith('text/') ? `${page.type}; charset=utf-8` : page.type);
    ctx.body = bytes;
  };
}

function tagged(bytes: Buffer): { readonly bytes: Buffer; readonly tag: string } {
  return { bytes, tag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22) };
}

function text(content: string): ServedFile['read'] {
  return () => Promise.resolve(Buffer.from(content));
}

function asset(type: string, url: string): ServedFile {
  return { type, lasting: true, read: () => readFile(fileURLToPath(url)) };
}
