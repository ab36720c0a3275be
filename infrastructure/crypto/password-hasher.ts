import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordHasher } from '../../core/users/password.ts';
import { makeSemaphore } from './semaphore.ts';

/** Memory in KiB, passes, lanes: OWASP's Password Storage Cheat Sheet, Argon2id, is the floor (19 MiB, 2, 1). */
export interface Argon2Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

interface PasswordHasherOptions {
  readonly cost: Argon2Cost;
  /** How many hashes are computed at once; the others wait. Each takes `cost.memory` and a thread of libuv's pool. */
  readonly concurrency: number;
}

export const ARGON2_COST: Argon2Cost = { memory: 19 * 1024, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
// PHC string format: https://github.com/P-H-C/phc-string-format
const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

const derive = promisify(argon2);

/** argon2id by OpenSSL, in threads. Its parameters stand in each hash, so that they can grow. */
export function makePasswordHasher({ cost, concurrency }: PasswordHasherOptions): PasswordHasher {
  const limited = makeSemaphore(concurrency);
  const compute = (password: string, salt: Uint8Array, { memory, passes, parallelism }: Argon2Cost, bytes: number) =>
    limited(() =>
      derive('argon2id', {
        message: Buffer.from(password.normalize('NFKC')),
        nonce: salt,
        memory,
        passes,
        parallelism,
        tagLength: bytes,
      }),
    );
  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES);
      return format(cost, salt, await compute(password, salt, cost, HASH_BYTES));
    },
    verify: async (password, hash) => {
      const parsed = hash === null ? null : parse(hash);
      if (parsed === null) {
        await compute(password, Buffer.alloc(SALT_BYTES), cost, HASH_BYTES);
        return false;
      }
      const computed = await compute(password, parsed.salt, parsed.cost, parsed.tag.length);
      return timingSafeEqual(computed, parsed.tag);
    },
    isOutdated: (hash) => {
      const made = parse(hash)?.cost;
      return (
        made === undefined ||
        made.memory < cost.memory ||
        made.passes < cost.passes ||
        made.parallelism < cost.parallelism
      );
    },
  };
}

function format({ memory, passes, parallelism }: Argon2Cost, salt: Uint8Array, tag: Uint8Array): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function parse(hash: string): { cost: Argon2Cost; salt: Buffer; tag: Buffer } | null {
  const match = PHC.exec(hash);
  if (match === null) return null;
  const [, memory = '', passes = '', parallelism = '', salt = '', tag = ''] = match;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return isComputable(cost) ? { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') } : null;
}

/** RFC 9106, section 3.1: outside of these bounds there is nothing to compute. */
function isComputable({ memory, passes, parallelism }: Argon2Cost): boolean {
  return passes >= 1 && parallelism >= 1 && memory >= 8 * parallelism;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/={1,2}$/, '');
}
