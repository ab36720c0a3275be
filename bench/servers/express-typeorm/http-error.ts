import type { ErrorRequestHandler } from 'express';
import { ZodError } from 'zod';

export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
  }
}

// eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows a handler of errors by its four parameters
export const answerErrors: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  if (error instanceof ZodError) {
    response.status(400).json({ code: 'validation_failed', errors: error.issues });
  } else if (error instanceof HttpError) {
    response.status(error.status).json({ code: error.message });
  } else {
    request.log.error(error);
    response.status(500).json({ code: 'internal' });
  }
};
