/** The first columns are shorter by this, so that a plot has points soon; two become one when there are too many. */
const FIRST_STEP = 2 ** -9;

/** A small float ends below 2^128, a value at 2^256: scaled like this, a change of 1 still has 20 bits of precision. */
export const SCALE = 2 ** -129;

/** What the values of all accounts changed by, since the column before. */
export interface Column {
  /** Its last reading, in milliseconds on the monotonic clock. */
  end: number;
  /** One per account; NaN if it was not read. */
  readonly values: Float32Array;
  /** Set if it was read later: it is dropped by its age. */
  readonly isPast?: true;
}

/** The columns of a window. */
export interface Columns {
  readonly max: { readonly columns: number; readonly step: number };
  /** The oldest first. */
  list: Column[];
  /** In milliseconds: the readings of one step are in one column. */
  step: number;
}

/** What an account's value changed by; NaN if it was not read. */
export function changeIn({ values }: Column, place: number): number {
  return values[place] ?? NaN;
}

/** Makes columns that nothing was read in. */
export function createColumns(max: Columns["max"]): Columns {
  return { max, list: [], step: max.step * FIRST_STEP };
}

/** The column of a reading, which is not before any other; made if there is none. */
export function columnAt(columns: Columns, at: number, size: number): Column {
  const last = columns.list.at(-1);
  if (last !== undefined && stepOf(columns, last.end) >= stepOf(columns, at)) {
    last.end = Math.max(last.end, at);
    return last;
  }
  const oldest = at - columns.max.columns * columns.max.step;
  while (columns.list[0]?.isPast && columns.list[0].end < oldest) columns.list.shift();
  while (columns.list.length >= columns.max.columns) {
    if (columns.step < columns.max.step) join(columns);
    else columns.list.shift();
  }
  const column = { end: at, values: new Float32Array(size).fill(NaN) };
  columns.list.push(column);
  return column;
}

function stepOf({ step }: Columns, at: number): number {
  return Math.floor(at / step);
}

/** Doubles the step. */
export function join(columns: Columns): void {
  columns.step *= 2;
  const joined: Column[] = [];
  for (const column of columns.list) {
    const before = joined.at(-1);
    if (before === undefined || stepOf(columns, before.end) !== stepOf(columns, column.end)) {
      joined.push(column);
      continue;
    }
    before.end = column.end;
    column.values.forEach((change, place) => {
      if (!Number.isNaN(change)) before.values[place] = plus(before.values[place] ?? NaN, change);
    });
  }
  columns.list = joined;
}

/** Adds a change to that of a column; NaN if the account was not read in it. */
export function plus(known: number, change: number): number {
  return Number.isNaN(known) ? change : known + change;
}
