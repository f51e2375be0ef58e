import { scrub } from "../util/redact.ts";

/**
 * Writes rows as an aligned table, without secrets: removed later they would
 * take the alignment with them.
 *
 * @param texts the head first; all of one length
 * @param right the columns that are numbers, aligned to the right
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
