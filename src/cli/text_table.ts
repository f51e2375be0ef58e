/**
 * Writes rows as an aligned table.
 *
 * @param rows the head first; all of one length
 * @param right the columns that are numbers, aligned to the right
 */
export function textTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const fit = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(fit).join("  ").trimEnd()).join("\n");
}
