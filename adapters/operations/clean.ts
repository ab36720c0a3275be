import { htmlTagNames } from 'html-tag-names';
import { ObjectSchema, type Schema } from 'yup';

declare module 'yup' {
  interface CustomSchemaMetadata {
    /** A single-line text: it is trimmed and stripped of tags and control characters before it is checked. */
    readonly singleLine?: boolean;
    /** A text of several lines: it is kept as it is written, in NFC. */
    readonly markdown?: boolean;
    /** For the OpenAPI document. An id is read in whatever case. */
    readonly format?: string;
    readonly description?: string;
    readonly example?: unknown;
  }
}

/**
 * A copy of `value` in which every text that the schema calls a single line is {@link cleanLine cleaned}, Markdown is in
 * NFC, ids are in small letters, and -0 is 0.
 */
export function cleaned(schema: Schema, value: unknown): unknown {
  if (value === 0) return 0;
  if (typeof value === 'string') return cleanText(schema, value);
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

function cleanText(schema: Schema, text: string): string {
  const { singleLine, markdown, format } = schema.meta() ?? {};
  if (singleLine === true) return cleanLine(text);
  if (markdown === true) return text.normalize('NFC');
  return format === 'uuid' ? text.toLowerCase() : text;
}

/**
 * A single line may have 255 characters once it is clean. What is this long is no name with some tags in it: it is left
 * as it is, and refused for its length.
 */
const MAX_RAW_LINE = 1200;
/** HTML's own elements, and the two by which others come into a page. In `<lost heirs of Ossel` it knows none. */
const ELEMENTS = new Set([...htmlTagNames, 'math', 'svg']);
/** Their contents are no text. */
const HIDING = new Set(['script', 'style']);
const TAG = /^<(\/?)([a-z][a-z\d]*)(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/i;
const TAG_BEGIN = /^<\/?[a-z]/i;
const TAG_NAME = /^<\/?([a-z][a-z\d]*)(?=[\s/>]|$)/i;
const DOCTYPE = /^<!doctype[^<>]*>/i;
/** What any element runs, shows in a place of its own or leads to, were it known or not. */
const HAZARD = /[\s/"'](?:on[a-z]+|href|style) *=/i;

/**
 * In NFC and trimmed, without HTML tags, comments, the contents of scripts and styles, control characters, and those
 * that turn the direction of writing, by which a name can show as another; line breaks and tabs become spaces.
 * `<b>Keep</b>` becomes `Keep`; `a<b` and `The <lost heirs` stay.
 */
function cleanLine(text: string): string {
  if (text.length > MAX_RAW_LINE) return text;
  // First what is invisible: taken away later, it would leave the tag that it was hidden in. NFC can make letters of
  // ASCII, and what stands side by side once a tag is gone can compose again.
  const visible = text.replace(/[\t\n\v\f\r\u2028\u2029]+/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
  return withoutTags(visible.normalize('NFC')).normalize('NFC').trim();
}

/** From the last `<` to the first, so that what is left after each has no tag in it, and cannot become one. */
function withoutTags(text: string): string {
  const afterHidden = new Map<string, string>();
  let rest = '';
  let end = text.length;
  while (end > 0) {
    const at = text.lastIndexOf('<', end - 1);
    if (at === -1) break;
    rest = withoutFirstTag(text.slice(at, end) + rest, afterHidden);
    end = at;
  }
  return text.slice(0, end) + rest;
}

/** `html` begins with `<`. `afterHidden` is what follows the next end tag of what hides its contents. */
function withoutFirstTag(html: string, afterHidden: Map<string, string>): string {
  if (html.startsWith('<!--')) {
    const end = html.indexOf('-->', 2);
    return end === -1 ? html.slice(1) : html.slice(end + 3);
  }
  const [tag, slash = '', name = ''] = TAG.exec(html) ?? [];
  const element = name.toLowerCase();
  if (tag === undefined || !ELEMENTS.has(element)) return withoutDoctype(withoutHazard(html));
  const rest = html.slice(tag.length);
  if (!HIDING.has(element)) return rest;
  if (slash !== '') afterHidden.set(element, rest);
  const shown = slash === '' ? afterHidden.get(element) : undefined;
  if (slash === '') afterHidden.delete(element);
  return shown ?? rest;
}

/** A tag that does not end, or whose name HTML does not know, is text; but whatever follows in a page may end it. */
function withoutHazard(html: string): string {
  if (!TAG_BEGIN.test(html)) return html;
  const name = TAG_NAME.exec(html)?.[1]?.toLowerCase() ?? '';
  if (HIDING.has(name)) return html.slice(1);
  const equals = html.indexOf('=');
  const end = html.indexOf('>');
  if (equals === -1 || (end !== -1 && end < equals)) return html;
  // `a<b and c = d`: what elements of one letter carry is no hazard, unless it is one for all.
  const isKnown = ELEMENTS.has(name) && name.length > 1;
  return isKnown || HAZARD.test(end === -1 ? html : html.slice(0, end)) ? html.slice(1) : html;
}

function withoutDoctype(html: string): string {
  return html.replace(DOCTYPE, '');
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'validateSync' in value;
}
