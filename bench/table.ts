/** One row of the report: what was measured, the number, and what it is held against. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** The goal of the project, or the baseline of the same run. */
  readonly against: string;
}

/**
 * Prints an aligned table.
 *
 * @param title what the rows have in common
 * @param rows in their order
 */
export function printTable(title: string, rows: readonly Row[]): void {
  const cells = [["what", "measured", "against"], ...rows.map(({ what, value, against }) => [what, value, against])];
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map(([what = "", value = "", against = ""]) =>
    `  ${what.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${against}`
  );
  Deno.stdout.writeSync(new TextEncoder().encode(`\n${title}\n${lines.join("\n")}\n`));
}

/** A quantile of numbers, 0 to 1, by the nearest rank. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? NaN;
}

/** Milliseconds with one decimal. */
export function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
