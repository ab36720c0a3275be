import type { IncomingHttpHeaders } from 'node:http';

const TAG = /(?:W\/)?"([^"]*)"/g;
/** As the views make them: the version, and what else the representation depends on. */
const VERSION = /^(\d{1,15})(?:-[a-z\d]+)?$/;
/** What Apache and Caddy put at the end of the tag of an answer that they compress. */
const CODING = /-(?:gzip|br|zstd|deflate)$/;

/** Whether If-None-Match names the tag, by weak comparison (RFC 9110, section 13.1.2). */
export function namesTag(ifNoneMatch: string, tag: string): boolean {
  return ifNoneMatch.trim() === '*' || opaqueTags(ifNoneMatch).includes(tag);
}

/**
 * The versions that the request allows to change; null for any. What is no tag of ours matches nothing. RFC 9110
 * (section 13.1.1) has no weak tag match either, so that nobody changes what only looks the same: but we send none, and
 * a proxy makes one of ours when it compresses, so that it still names one version. `If-None-Match: *` asks to make what
 * there is not yet.
 */
export function versionsOf(headers: IncomingHttpHeaders): readonly number[] | null {
  if (headers['if-none-match']?.trim() === '*') return [];
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  return opaqueTags(ifMatch).flatMap((tag) => {
    const version = VERSION.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** As we sent them. */
function opaqueTags(header: string): readonly string[] {
  return [...header.matchAll(TAG)].map(([, opaque = '']) => opaque.replace(CODING, ''));
}
