const MAX_CAUSES = 8;

interface Cause {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
}

/** An error and what caused it, outermost first, as fields for the private log. */
export function causeChain(error: unknown): readonly Cause[] {
  const chain: Cause[] = [];
  let current = error;
  // The limit also ends a chain that bites its own tail.
  while (current !== undefined && current !== null && chain.length < MAX_CAUSES) {
    chain.push(causeOf(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain;
}

function causeOf(thrown: unknown): Cause {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: textOf(thrown) };
  const code = 'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number') && thrown.code;
  return {
    name: thrown.name,
    message: thrown.message,
    ...(code !== false && { code }),
    ...(thrown.stack !== undefined && { stack: thrown.stack }),
  };
}

/** Not the fields of a thrown object: nobody vetted them for the log. */
function textOf(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : Object.prototype.toString.call(thrown);
}
