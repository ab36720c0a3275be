interface Attempt<T> {
  readonly done: Promise<T>;
  /** Asked when it has failed: whether only for what its connection had prepared before a migration. */
  readonly wasOutdated: () => boolean;
}

/** Runs something again on another connection, or on the same one which knows better now. */
export async function untilCurrent<T>(connections: number, attempt: () => Attempt<T>): Promise<T> {
  for (let triesLeft = connections; ; triesLeft -= 1) {
    const { done, wasOutdated } = attempt();
    try {
      return await done;
    } catch (error) {
      if (!wasOutdated() || triesLeft === 0) throw error;
    }
  }
}
