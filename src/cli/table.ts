import stringWidth from "string-width";
import { printable } from "./output.ts";

/** Red needs a person, amber attention. */
const COLOURS = { strong: "31;1", red: "31", amber: "33" } as const;
export type Colour = keyof typeof COLOURS;

/** A text, with a colour where it matters. */
export type Cell = string | { readonly text: string; readonly colour: Colour | undefined };

export interface TableOptions {
  /** Indices of the columns to align right. */
  readonly right?: readonly number[];
  readonly isColoured?: boolean | undefined;
}

/**
 * Formats rows as a table, aligned by the columns that a terminal uses for each character.
 *
 * @param rows the header first; all of one length
 */
export function textTable(
  rows: readonly (readonly Cell[])[],
  { right = [], isColoured = false }: TableOptions = {},
): string {
  const lines = rows.map((row) => row.map(cellOf));
  const widths =
    lines[0]?.map((_, column) => lines.reduce((most, line) => Math.max(most, line[column]?.width ?? 0), 0)) ?? [];
  return lines.map((line) =>
    line.map(({ text, width, colour }, column) => {
      const shown = isColoured ? coloured(text, colour) : text;
      const padding = " ".repeat((widths[column] ?? 0) - width);
      return right.includes(column) ? padding + shown : shown + padding;
    }).join("  ").trimEnd()
  ).join("\n");
}

function cellOf(cell: Cell): { readonly text: string; readonly width: number; readonly colour: Colour | undefined } {
  const { text: given, colour } = typeof cell === "string" ? { text: cell, colour: undefined } : cell;
  // Removing secrets later would break the alignment.
  const text = printable(given);
  return { text, width: stringWidth(text), colour };
}

/** Colours a text for a terminal. */
export function coloured(text: string, colour: Colour | undefined): string {
  return colour === undefined ? text : `\x1b[${COLOURS[colour]}m${text}\x1b[0m`;
}
