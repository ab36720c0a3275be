/** Source of new identifiers: UUIDv7 (RFC 9562), lower case, each greater than the one before it from this process. */
export interface Ids {
  next(): string;
}
