const TAG = /(W\/)?"([^"]*)"/g;
/** As the views make them: the version, and what else the representation depends on. */
const VERSION = /^(\d{1,15})(?:-[a-z\d]+)?$/;

/** Whether If-None-Match names the tag, by weak comparison (RFC 9110, section 13.1.2). */
export function namesTag(ifNoneMatch: string, tag: string): boolean {
  return ifNoneMatch.trim() === '*' || [...ifNoneMatch.matchAll(TAG)].some(([, , opaque]) => opaque === tag);
}

/**
 * The versions that If-Match allows to change; null for any. Comparison is strong (RFC 9110, section 13.1.1), so a weak
 * tag matches nothing, and neither does what is no tag of ours.
 */
export function versionsOf(ifMatch: string | undefined): readonly number[] | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  return [...ifMatch.matchAll(TAG)].flatMap(([, weak, opaque = '']) => {
    const version = weak === undefined ? VERSION.exec(opaque)?.[1] : undefined;
    return version === undefined ? [] : [Number(version)];
  });
}
