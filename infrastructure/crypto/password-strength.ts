import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { PasswordStrength } from '../../core/users/password.ts';

/** As many guesses as eight characters by chance take, and for longer passwords as nine. */
const GUESSES = { short: 1e8, longer: 1e9 } as const;
/** UTF-16 code units that are looked at. What is hard to guess so far does not get easier by what follows. */
const LOOKED_AT = 32;
/** What estimating costs grows with every spelling that is tried: with these bounds it takes milliseconds at the worst. */
const SPELLINGS = 5;
/** What everybody thinks of here. */
const HOUSE_WORDS = ['lazy', 'foundry', 'lazyfoundry', 'gamemaster', 'dungeonmaster'];

/**
 * By zxcvbn-ts, over its lists of leaked passwords and of English words: it sees words in disguise, years, keyboard rows,
 * sequences and repetitions. The lists are loaded when it is first asked.
 */
export function makePasswordStrength(): PasswordStrength {
  let loading: Promise<ZxcvbnFactory> | null = null;
  return {
    isGuessable: async (password, known) => {
      loading ??= load();
      const { guesses } = (await loading).check(password.slice(0, LOOKED_AT), [...HOUSE_WORDS, ...known]);
      return guesses < (password.length > 8 ? GUESSES.longer : GUESSES.short);
    },
  };
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Estimator }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new Estimator({ dictionary, graphs: adjacencyGraphs, l33tMaxSubstitutions: SPELLINGS });
}
