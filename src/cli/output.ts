import { writeAll } from "../util/process.ts";
import { scrub } from "../util/redact.ts";

/** The output streams of a command. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Standard output and standard error, without secrets. */
export const standardOutput: Output = {
  out: (text) => writeAll(Deno.stdout, `${scrub(text)}\n`),
  err: (text) => writeAll(Deno.stderr, `${scrub(text)}\n`),
};

/**
 * Formats rows as an aligned table. Secrets are removed first: removing them later would break the alignment.
 *
 * @param texts the header first; all of one length
 * @param right indices of the columns to align right
 */
export function textTable(texts: readonly (readonly string[])[], right: readonly number[] = []): string {
  const rows = texts.map((row) => row.map(scrub));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const fit = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(fit).join("  ").trimEnd()).join("\n");
}
