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
 * A single line may have 255 characters once it is clean. What is this long is no name with some tags in it: it is left
 * as it is, and refused for its length.
 */
const MAX_RAW_LINE = 1000;
/** Tags within tags within tags are nobody's markup. */
const MAX_PASSES = 4;
const TAG_BEGIN = /<(?=[^\s\d])/g;

/**
 * Trimmed, without HTML tags, the contents of scripts and styles, control characters, and those that turn the direction
 * of writing, by which a name can show as another; line breaks and tabs become spaces. `<b>Keep</b>` becomes `Keep`;
 * `a < b` stays.
 */
function cleanLine(text: string): string {
  if (text.length > MAX_RAW_LINE) return text;
  // First what is invisible: taken away later, it would leave the tag that it was hidden in.
  const visible = text.replace(/[\t\n\v\f\r\u2028\u2029]+/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
  return withoutTags(visible).trim();
}

/** What is left after stripping can form a tag again (`<<b>b>`); after some rounds of that no tag may begin at all. */
function withoutTags(text: string): string {
  let line = text;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const stripped = line.search(TAG_BEGIN) === -1 ? line : stripTags(line);
    if (stripped === line) return line;
    line = stripped;
  }
  return line.replace(TAG_BEGIN, '');
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
