/** All or nothing for several writes. */
export interface Transaction {
  /**
   * Runs `work` in one transaction: what it writes through any repository is kept when it resolves, and none of it
   * when it throws. A call inside another joins the outer one. No network call and no parallel writes inside. What is
   * asked of repositories in one turn is done in the order in which it was asked: each sees what those before it waited for.
   *
   * A fault of a repository's `add` or `save` ends the transaction, whoever catches it: nothing can be read or written
   * in it any more, nothing of it is kept, and `run` throws that fault.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}
