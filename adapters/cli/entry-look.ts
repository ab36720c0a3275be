import type { Option } from 'commander';
import type { Noun, Visibility } from '../../core/world/entry.ts';
import type { EntryOperations } from '../operations/entry-operations.ts';
import type { BodyOption } from './body-option.ts';
import type { Column } from './table.ts';

/** What is shown of every entry. */
export type EntryBody = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly campaignId: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly visibility: Visibility;
  /** For GMs only, as the notes. */
  readonly visibleTo?: readonly string[] | undefined;
  readonly gmNotes?: string | null | undefined;
};

/** A noun of the world as the command line has it. `O` is what its operations answer. */
export interface EntryLook<O extends EntryBody> {
  readonly noun: Pick<Noun<object>, 'singular' | 'plural'>;
  readonly operations: EntryOperations<object, O>;
  /** A name, for the examples in the help. */
  readonly example: string;
  /** For the noun's own fields. */
  readonly options: readonly BodyOption[];
  /** For the noun's own filters, by their names. */
  readonly filters: readonly Option[];
  /** Behind the name. */
  readonly columns: readonly Column<O>[];
  lines(entry: O): readonly (readonly [label: string, value: string | null])[];
  texts(entry: O): readonly (readonly [label: string, text: string | null | undefined])[];
}
