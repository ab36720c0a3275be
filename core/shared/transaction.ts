/** All or nothing for several writes. */
export interface Transaction {
  /**
   * Runs `work` in one transaction: what it writes through any repository is kept when it resolves, and none of it
   * when it throws. A call inside another joins the outer one. No network call and no parallel writes inside.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}
