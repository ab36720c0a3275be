import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Whether somebody else may write what these are the stats of: by its mode, or since it is theirs. It may belong to this
 * user or to root; root also takes what belongs to whom the folder belongs to, as it works on other users' data.
 */
export async function isOthersToWrite({ mode, uid }: Stats, folder: string, bits: number): Promise<boolean> {
  if ((mode & bits) !== 0) return true;
  const self = process.geteuid?.();
  // Where nobody has a number, the mode says all that there is to say.
  if (self === undefined || uid === self || uid === 0) return false;
  return self !== 0 || uid !== (await stat(folder)).uid;
}
