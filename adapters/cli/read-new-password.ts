import { readText } from '../operations/read-json.ts';
import type { Host } from './host.ts';
import { misused } from './misused.ts';
import { askSecrets, canAsk } from './prompt.ts';
import { readInput } from './read-input.ts';

/**
 * From the file that was named, else FOUNDRY_PASSWORD, else by asking twice. Never from an option: other users of the
 * machine see those.
 */
export async function readNewPassword(host: Host, file: string | undefined): Promise<string> {
  if (file !== undefined) return (await readInput(host, file, '--password-file', readText)).replace(/\r?\n$/, '');
  const { FOUNDRY_PASSWORD: given = '' } = host.env;
  if (given !== '') return given;
  if (!canAsk(host)) {
    throw misused('Nobody is here to type a password: give --password-file FILE (or -), or set FOUNDRY_PASSWORD.');
  }
  const [password = '', again] = await askSecrets(host, ['Password: ', '\nAgain: ']);
  if (again !== password) throw misused('These were two passwords. Nothing was changed.');
  return password;
}
