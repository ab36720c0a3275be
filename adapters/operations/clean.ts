import { Parser } from 'htmlparser2';
import { ObjectSchema, type Schema } from 'yup';

declare module 'yup' {
  interface CustomSchemaMetadata {
    /** A single-line text: it is trimmed and stripped of tags and control characters before it is checked. */
    readonly singleLine?: boolean;
    /** For the OpenAPI document. */
    readonly format?: string;
    readonly description?: string;
    readonly example?: unknown;
  }
}

/** A copy of `value` in which every text that the schema calls a single line is {@link cleanLine cleaned}, and -0 is 0. */
export function cleaned(schema: Schema, value: unknown): unknown {
  if (value === 0) return 0;
  if (typeof value === 'string') return schema.meta()?.singleLine === true ? cleanLine(value) : value;
  if (Array.isArray(value)) {
    const item: unknown = 'innerType' in schema ? schema.innerType : null;
    return !isSchema(item) ? value : value.map((each: unknown) => cleaned(item, each));
  }
  if (typeof value !== 'object' || value === null || !(schema instanceof ObjectSchema)) return value;
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(schema.fields));
  // fromEntries defines, it does not assign: a key `__proto__` stays a key, and is refused as unknown.
  return Object.fromEntries(
    Object.entries(value).map(([key, child]: [string, unknown]) => {
      const field = fields.get(key);
      return [key, isSchema(field) ? cleaned(field, child) : child];
    }),
  );
}

/**
 * Trimmed, without HTML tags, the contents of scripts and styles, control characters, and those that turn the direction
 * of writing, by which a name can show as another; line breaks and tabs become spaces. `<b>Keep</b>` becomes `Keep`;
 * `a < b` stays.
 */
function cleanLine(text: string): string {
  let line = text;
  // Until nothing changes: what is left after stripping can form a tag again (`<<b>b>`). Each pass shortens the text.
  while (/<[^\s\d]/.test(line)) {
    const stripped = stripTags(line);
    if (stripped === line) break;
    line = stripped;
  }
  return line
    .replace(/[\t\n\v\f\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')
    .trim();
}

function stripTags(html: string): string {
  let text = '';
  let hidden = 0;
  const parser = new Parser(
    {
      ontext: (part) => {
        if (hidden === 0) text += part;
      },
      onopentag: (name) => {
        if (name === 'script' || name === 'style') hidden += 1;
      },
      onclosetag: (name) => {
        if (name === 'script' || name === 'style') hidden -= 1;
      },
    },
    { decodeEntities: false },
  );
  parser.end(html);
  return text;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'validateSync' in value;
}
