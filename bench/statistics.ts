function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return mean(middle.filter((value) => value !== undefined));
}

/** Of ratios: between twice and half lies once. */
export function geometricMedian(values: readonly number[]): number {
  return Math.exp(median(values.map(Math.log)));
}

/** Of values in ascending order; NaN of none. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.floor(sorted.length * part)] ?? NaN;
}
