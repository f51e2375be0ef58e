import type { Reason } from "../../jsonrpc/errors.ts";

/** What was sent to an endpoint in the last hour, and what failed. */
export interface Activity {
  readonly requests: number;
  /** Less than an hour if it was not used for as long. */
  readonly seconds: number;
  readonly errors: ReadonlyMap<Reason, number>;
}

/** A shorter time says little about a day, in seconds. */
const MIN_SECONDS = 300;

/** Projects requests to a day; undefined while too little is known. */
export function requestsPerDay({ requests, seconds }: Activity): number | undefined {
  return seconds < MIN_SECONDS ? undefined : Math.round(86_400 * requests / seconds);
}

interface Column {
  readonly start: number;
  requests: number;
  readonly errors: Map<Reason, number>;
}

const HOUR = 3_600_000;
/** The hour ends up to this much early, in milliseconds. */
const COLUMN = 300_000;

/** Counts requests and errors of the last hour. Times are milliseconds on the monotonic clock. */
export class LastHour {
  #columns: Column[] = [];

  noteRequest(now: number): void {
    this.#columnAt(now).requests++;
  }

  noteError(now: number, reason: Reason): void {
    const { errors } = this.#columnAt(now);
    errors.set(reason, (errors.get(reason) ?? 0) + 1);
  }

  activity(now: number): Activity {
    this.#forget(now);
    const errors = new Map<Reason, number>();
    let requests = 0;
    for (const column of this.#columns) {
      requests += column.requests;
      for (const [reason, count] of column.errors) errors.set(reason, (errors.get(reason) ?? 0) + count);
    }
    return { requests, seconds: (now - (this.#columns[0]?.start ?? now)) / 1000, errors };
  }

  #columnAt(now: number): Column {
    const last = this.#columns.at(-1);
    if (last !== undefined && now - last.start < COLUMN) return last;
    this.#forget(now);
    const column = { start: now, requests: 0, errors: new Map() };
    this.#columns.push(column);
    return column;
  }

  #forget(now: number): void {
    this.#columns = this.#columns.filter(({ start }) => now - start <= HOUR);
  }
}
