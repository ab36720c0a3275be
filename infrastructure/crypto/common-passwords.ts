import type { CommonPasswords } from '../../core/users/password.ts';

/** The list that zxcvbn-ts keeps of the passwords found most often in leaks. Loaded when it is first asked. */
export function makeCommonPasswords(): CommonPasswords {
  let loading: Promise<ReadonlySet<string>> | null = null;
  const load = async (): Promise<ReadonlySet<string>> => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    return new Set(dictionary['passwords-common']);
  };
  return {
    has: async (password) => {
      loading ??= load();
      return (await loading).has(password.toLowerCase());
    },
  };
}
