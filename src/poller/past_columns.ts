import { changeIn, type Column, type Columns, join, SCALE } from "./columns.ts";

/** The first reading of an account, or what is left of it. */
export interface First {
  /** In milliseconds on the monotonic clock. */
  readonly at: number;
  /** How the value has changed since then, in the smallest unit. */
  readonly changeSince: number;
}

/** A reading of the past, by the place of its account: how the value changed from then to its first reading. */
export interface PastChange {
  readonly place: number;
  readonly change: bigint;
}

/** Adds readings of the past, each older than the others of its account. */
export function addPast(columns: Columns, at: number, size: number, changes: readonly PastChange[]): void {
  const last = columns.list.at(-1)?.end ?? -Infinity;
  if (changes.length === 0 || at < last - columns.max.columns * columns.max.step) return;
  const column = pastColumnAt(columns, at, size);
  if (column === undefined) return;
  const later = columns.list.slice(columns.list.indexOf(column) + 1);
  for (const { place, change } of changes) {
    if (!Number.isNaN(changeIn(column, place))) continue;
    const next = later.find((each) => !Number.isNaN(changeIn(each, place)));
    if (next === undefined) continue;
    next.values[place] = changeIn(next, place) + Number(change) * SCALE;
    column.values[place] = 0;
  }
}

/** The column of a reading of the past; undefined if there is no room for it. */
function pastColumnAt(columns: Columns, at: number, size: number): Column | undefined {
  const near = nearestColumn(columns, at, columns.max.step / 3);
  if (near !== undefined) return near;
  while (columns.list.length >= columns.max.columns && columns.step < columns.max.step) join(columns);
  if (columns.list.length >= columns.max.columns) return undefined;
  const column: Column = { end: at, values: new Float32Array(size).fill(NaN), isPast: true };
  const next = columns.list.findIndex(({ end }) => end > at);
  columns.list.splice(next === -1 ? columns.list.length : next, 0, column);
  return column;
}

/** The column that is nearest to a time, within some milliseconds. */
export function nearestColumn({ list }: Columns, at: number, within: number): Column | undefined {
  let nearest: Column | undefined;
  let distance = within;
  for (const column of list) {
    const away = Math.abs(column.end - at);
    if (away > distance) continue;
    distance = away;
    nearest = column;
  }
  return nearest;
}

/** The first column that an account was read in, and the sum of all changes from there on. */
export function firstOf({ list }: Columns, place: number | undefined): First | undefined {
  if (place === undefined) return undefined;
  let first: Column | undefined;
  let changeSince = 0;
  for (const column of list) {
    const change = changeIn(column, place);
    if (Number.isNaN(change)) continue;
    first ??= column;
    changeSince += change;
  }
  return first && { at: first.end, changeSince: changeSince / SCALE };
}
