import { type NumberSchema, type Schema, type StringSchema, array, number, object, setLocale, string } from 'yup';
import type { Moment } from '../../core/shared/moment.ts';

/* The building blocks of every operation's schemas. Messages complete the sentence "<field> …". */

// Without a flag: the OpenAPI document has the pattern alone.
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const ID_ENDING = /^[0-9a-fA-F-]{4,36}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
/** Something to see: white space, and what Unicode has nothing drawn for, is not. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\u2800\ufff9-\ufffb]/u;
/** A moment whose offset lost its sign: in a query a plus stands for a blank. */
const LOST_PLUS = /^\d{4}-\d\d-\d\dT[\d:.]{4,18} \d\d(?::?\d\d)?$/i;
/** As a form's `datetime-local` has it. */
const WALL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;
const MAX_LINE = 255;
const MAX_MARKDOWN = 100_000;
const MAX_ITEMS = 200;
const MAX_ITEM = 10_000;
const MAX_TAGS = 50;
const MAX_TAG = 100;

setLocale({
  mixed: {
    notType: ({ type }: { type: string }) => `must be ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`,
    defined: 'is required',
    required: 'is required',
    notNull: 'must not be null',
    oneOf: ({ values }: { values: string }) => `must be one of: ${values}`,
  },
  string: { min: 'must not be shorter than ${min} characters', max: 'must not be longer than ${max} characters' },
  number: { min: 'must be ${min} or more', max: 'must be ${max} or less', integer: 'must be a whole number' },
  array: { max: 'must not have more than ${max} entries' },
});

/** A single line of text, cleaned before it is checked: a name, which shows something. */
export function line(max = MAX_LINE): StringSchema<string> {
  return atMost(max)
    .meta({ singleLine: true })
    .min(1, 'must not be empty')
    .test(
      'visible',
      'must have something to see in it',
      (text) => text === undefined || text === '' || VISIBLE.test(text),
    )
    .defined();
}

export function optionalLine(max = MAX_LINE): StringSchema<string | null | undefined> {
  return atMost(max).meta({ singleLine: true }).nullable().optional();
}

/** A short text that is looked up, not shown: kept as it is. */
export function optionalText(max: number): StringSchema {
  return atMost(max).optional();
}

/** Kept as it was written, in NFC. */
export function optionalMarkdown(): StringSchema<string | null | undefined> {
  return atMost(MAX_MARKDOWN).meta({ markdown: true }).nullable().optional();
}

/** Texts in order: Markdown unless `item` says otherwise. */
export function optionalTexts(): Schema<string[] | undefined> {
  const item = atMost(MAX_ITEM).meta({ markdown: true }).min(1, 'must not be empty').defined();
  return array(item).max(MAX_ITEMS).optional();
}

/** Words to find things by. */
export function optionalTags(): Schema<string[] | undefined> {
  return array(line(MAX_TAG)).max(MAX_TAGS).optional();
}

export function optionalList<T>(item: Schema<T>): Schema<T[] | undefined> {
  return array(item).max(MAX_ITEMS).optional();
}

/** Longer than any password that is accepted, so that the rule for passwords answers and not the guard. */
export const MAX_SECRET = 1024;

/** A secret as typed: neither trimmed nor cleaned. */
export function secret(max: number): StringSchema<string> {
  return atMost(max).min(1, 'must not be empty').defined();
}

export function optionalInteger(min: number, max: number): NumberSchema {
  return number().integer().min(min).max(max).optional();
}

export function optionalIntegerOrNull(min: number, max: number): NumberSchema<number | null | undefined> {
  return number().integer().min(min).max(max).nullable().optional();
}

export function oneOf<const T extends string>(values: readonly T[]): StringSchema<T> {
  return string<T>().oneOf(values).defined();
}

export function optionalOneOf<const T extends string>(values: readonly T[]): StringSchema<T | undefined> {
  return string<T>().oneOf(values).optional();
}

export function optionalOneOfOrNull<const T extends string>(values: readonly T[]): StringSchema<T | null | undefined> {
  return string<T>()
    .nullable()
    .optional()
    .oneOf([...values, null]);
}

export function id(): StringSchema<string> {
  return string().matches(UUID, 'must be an id').meta({ format: 'uuid' }).defined();
}

/** As much of an id as people type: its end, in whatever case. */
export function optionalIdEnding(): StringSchema {
  return string().matches(ID_ENDING, 'must be the last 4 to 36 characters of an id').optional();
}

/** RFC 3339, or a time on the wall of some zone; years 1900 to 9999. Use {@link toMoment} to read it. */
export function moment(): StringSchema<string> {
  return momentString().defined();
}

export function optionalMoment(): StringSchema {
  return momentString().optional();
}

export function optionalMomentOrNull(): StringSchema<string | null | undefined> {
  return momentString().nullable().optional();
}

/** What a checked text names; null and undefined stay what they are. */
export function toMoment(text: string): Moment;
export function toMoment(text: string | undefined): Moment | undefined;
export function toMoment(text: string | null | undefined): Moment | null | undefined;
export function toMoment(text: string | null | undefined): Moment | null | undefined {
  if (typeof text !== 'string') return text;
  return INSTANT.test(text) ? new Date(text) : { wall: text };
}

const AT_MOST =
  'At most so many. A page of long texts ends sooner; whether more follow is told by the header Link alone.';

/** The parameters that every list takes. */
export function pageFields(): { limit: NumberSchema; cursor: StringSchema } {
  return { limit: optionalInteger(1, 100).meta({ description: AT_MOST }), cursor: string().max(2000).optional() };
}

/** For operations that need nothing but their path. */
export function emptyBody(): Schema<object> {
  return object({}).noUnknown();
}

/* Of answers: each field is there, null where it has no value. */

export const FOR_GMS = { description: 'For GMs only: absent from the answers to others.' };

export const shown = {
  text: (): StringSchema<string> => string().defined(),
  textOrNull: (): StringSchema<string | null> => string().nullable().defined(),
  count: (): NumberSchema<number> => number().integer().defined(),
  countOrNull: (): NumberSchema<number | null> => number().integer().nullable().defined(),
  id: (): StringSchema<string> => string().meta({ format: 'uuid' }).defined(),
  instant: (): StringSchema<string> => string().meta({ format: 'date-time' }).defined(),
  instantOrNull: (): StringSchema<string | null> => string().nullable().meta({ format: 'date-time' }).defined(),
  oneOfOrNull: <const T extends string>(values: readonly T[]): StringSchema<T | null> =>
    string<T>()
      .nullable()
      .oneOf([...values, null])
      .defined(),
  texts: (): Schema<string[]> => array(string().defined()).defined(),
  /** For a text that only some callers get. */
  gmText: (): StringSchema<string | null | undefined> => string().nullable().optional().meta(FOR_GMS),
};

/** A text of so many characters: Unicode's code points, as PostgreSQL and JSON Schema count, where yup counts UTF-16. */
function atMost(max: number): StringSchema {
  return string().test({
    name: 'max',
    params: { max },
    message: 'must not be longer than ${max} characters',
    test: (text) => text == null || text.length <= max || (text.length <= 2 * max && codePointsOf(text) <= max),
  });
}

/** Without a list of them, which takes milliseconds of a long text. */
function codePointsOf(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) pairs += 1;
  }
  return text.length - pairs;
}

function momentString(): StringSchema {
  return string()
    .meta({
      description: 'RFC 3339, or without an offset: then as the clocks of the time zone show it.',
      example: '2027-01-08T19:00',
    })
    .test('plus', 'has a blank where its offset begins: in a URL, write a + as %2B', (value) =>
      value == null ? true : !LOST_PLUS.test(value),
    )
    .test('moment', 'must be a date and time that exists, such as 2026-11-23T19:00:00Z or 2026-11-23T19:00', (value) =>
      value == null || LOST_PLUS.test(value) ? true : isMoment(value),
    );
}

/** JavaScript's Date takes 30 February for 2 March; a date that does not exist must not be stored as another. */
function isMoment(text: string): boolean {
  if (!INSTANT.test(text) && !WALL_TIME.test(text)) return false;
  const date = new Date(INSTANT.test(text) ? text : `${text}Z`);
  if (Number.isNaN(date.getTime())) return false;
  const shown = text.slice(0, text.charAt(16) === ':' ? 19 : 16);
  const local = new Date(`${shown}Z`);
  const exists = local.toISOString().startsWith(shown);
  return exists && date.getUTCFullYear() >= 1900 && date.getUTCFullYear() <= 9999;
}
