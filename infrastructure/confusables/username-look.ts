import { foldCase } from '../../core/shared/fold-case.ts';

const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * What a user name looks like, whatever its letters are: the skeleton of Unicode's UTS 39, so that nobody writes
 * another's name in letters of another script. Within ASCII each letter looks like itself alone: `Marn` and `Mam` are
 * alike in poor fonts only, and both are names. Its table takes 10 ms to load, so only who needs it loads it.
 */
export async function loadUsernameLook(): Promise<(username: string) => string> {
  const { default: unhomoglyph } = await import('unhomoglyph');
  const lookOf = (character: string): string => {
    if (character <= '\u007f') return character;
    const look = unhomoglyph(character);
    // The table takes the capital I for a small l.
    return look === 'l' && /\p{Lu}/u.test(character) ? 'I' : look;
  };
  return (username) => foldCase(Array.from(username.normalize('NFKD').replace(UNSEEN, ''), lookOf).join(''));
}
