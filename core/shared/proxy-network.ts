/** A network of proxies: a single one has the whole address for its prefix. */
export interface ProxyNetwork {
  readonly address: string;
  /** Bits, from the left. */
  readonly prefix: number;
}
