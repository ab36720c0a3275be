import { type Command, InvalidArgumentError, Option } from 'commander';
import { readInteger } from './body-option.ts';
import type { Context } from './context.ts';
import type { ServeOptions } from './host.ts';
import { described } from './verb.ts';

/** `foundry serve` */
export function addServeCommand(serve: Command, { host }: Context): void {
  described(serve, serve.description(), ['serve', 'serve --port 8080 --host 0.0.0.0 --migrate'])
    .addOption(new Option('--port <port>', 'where to listen (default: PORT, else 3001)').argParser(readPort))
    .option('--host <address>', 'where to listen (default: HOST, else 127.0.0.1)')
    .option('--migrate', 'apply the pending migrations first; the embedded database is always migrated')
    .action((options: ServeOptions) => host.serve(options));
}

function readPort(value: string): number {
  const port = readInteger(value);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return port;
}
