/** The configuration cannot be used; the message names every fault and what to set instead. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? `The configuration is not usable: ${faults.join('')}`
        : `The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
}
