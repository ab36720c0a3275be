import { createHash, randomBytes } from 'node:crypto';
import type { InviteCodes } from '../../core/members/invite-codes.ts';

const BYTES = 16;
const FORM = /^[0-9a-f]{32}$/;

/** In hex: what people read out, type by hand or double-click stays whole. */
export const inviteCodes: InviteCodes = {
  issue: () => {
    const code = randomBytes(BYTES).toString('hex');
    return { code, hash: sha256(code) };
  },
  hash: (text) => {
    const code = text.toLowerCase();
    return FORM.test(code) ? sha256(code) : null;
  },
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
