const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/** As the header Allow tells them. */
export const ALLOWED_METHODS = METHODS.join(', ');

/** What a body may be. */
export const BODY_TYPE = 'application/json';

const known: ReadonlySet<string> = new Set(METHODS);

/** Whether any route may answer the method. TRACE is not among them: it would show a caller's own secrets to scripts. */
export function isAllowedMethod(method: string): boolean {
  return known.has(method);
}
