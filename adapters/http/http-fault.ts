import type { FieldFault } from '../../core/shared/errors.ts';

const statuses = {
  bad_request: 400,
  invalid_json: 400,
  no_such_route: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  headers_too_large: 431,
} as const;

type HttpFaultCode = keyof typeof statuses;

/** A fault of the request as HTTP, which the core never hears of. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly status: number;
  readonly code: HttpFaultCode;
  readonly details: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: HttpFaultCode,
    message: string,
    { details = [], headers = {} }: Partial<Pick<HttpFault, 'details' | 'headers'>> = {},
  ) {
    super(message);
    this.status = statuses[code];
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}
