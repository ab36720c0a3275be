import { actingUser } from './acting-user.ts';
import type { Caller } from './caller.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Host, LocalCore } from './host.ts';
import { makeLocalCaller } from './local-caller.ts';
import type { Display } from './show-moment.ts';
import { type Sink, makeSink } from './sink.ts';
import { type Style, makeStyle } from './style.ts';
import { jsonText } from './terminal-text.ts';
import { viewerZone } from './viewer-zone.ts';

/** A result in each of the ways in which it may be wanted. */
interface Printable {
  /** What the API would answer; undefined for nothing. */
  readonly data: unknown;
  readonly ids: readonly string[];
  text(): string;
}

/** What every command works with. Read `options` and what follows from them only once a command runs. */
export interface Context {
  readonly host: Host;
  readonly out: Sink;
  readonly err: Sink;
  readonly options: GlobalOptions;
  readonly style: Style;
  /** The viewer's time zone. Read, it throws DomainError `validation_failed` where TZ says none. */
  readonly zone: string;
  readonly display: Display;
  /** Data, to stdout. */
  print(result: Printable): void;
  /** Talk, to stderr. */
  say(text: string): void;
  core(): Promise<LocalCore>;
  /** Opened when first asked for. @throws DomainError when it is not clear who acts */
  caller(): Promise<Caller>;
  close(): Promise<void>;
}

export function makeContext(host: Host, readOptions: () => GlobalOptions): Context {
  const out = makeSink(host.stdout);
  const err = makeSink(host.stderr);
  let core: Promise<LocalCore> | null = null;
  let caller: Promise<Caller> | null = null;
  const open = (): Promise<LocalCore> => (core ??= host.open());
  const choose = async (): Promise<Caller> => {
    // What is printed for people has times in it: a TZ that names no zone is refused before anything is changed.
    const { json, quiet } = readOptions();
    if (json !== true && quiet !== true) viewerZone(host.env);
    const opened = await open();
    const user = await actingUser(opened.users.queries, readOptions().as);
    return makeLocalCaller(opened, user.id);
  };
  return {
    host,
    out,
    err,
    get zone() {
      return viewerZone(host.env);
    },
    get options() {
      return readOptions();
    },
    get style() {
      return makeStyle(out, host.env, readOptions().color);
    },
    get display() {
      return { zone: viewerZone(host.env), now: host.now(), isTerminal: out.isTerminal };
    },
    print: ({ data, ids, text }) => {
      const { json, quiet } = readOptions();
      if (json === true) out.write(data === undefined ? '' : `${jsonText(data)}\n`);
      else out.write(quiet === true ? ids.map((id) => `${id}\n`).join('') : text());
    },
    say: (text) => {
      if (readOptions().quiet !== true) err.write(`${text}\n`);
    },
    core: open,
    caller: () => (caller ??= choose()),
    close: async () => {
      // What failed to open has said so already, and has nothing to close.
      const opened = await core?.catch(() => null);
      await opened?.close();
    },
  };
}
