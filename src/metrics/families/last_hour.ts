import type { Reason } from "../../jsonrpc/errors.ts";

/** What was sent to an endpoint in the last hour, and what failed. */
export interface Activity {
  readonly requests: number;
  /** JSON-RPC calls by method. */
  readonly calls: ReadonlyMap<string, number>;
  /** Requests with several calls. */
  readonly batches: number;
  /** Less than an hour if it was not used for as long. */
  readonly seconds: number;
  readonly errors: ReadonlyMap<Reason, number>;
}

/** A shorter time says little about a day, in seconds. */
const MIN_SECONDS = 300;

/** The factor from what was counted to a day; undefined while too little is known. */
export function perDay({ seconds }: Activity): number | undefined {
  return seconds < MIN_SECONDS ? undefined : 86_400 / seconds;
}

interface Column {
  readonly start: number;
  requests: number;
  batches: number;
  readonly calls: Map<string, number>;
  readonly errors: Map<Reason, number>;
}

const HOUR = 3_600_000;
/** The hour ends up to this much early, in milliseconds. */
const COLUMN = 300_000;

/** Counts requests and errors of the last hour. Times are milliseconds on the monotonic clock. */
export class LastHour {
  #columns: Column[] = [];

  /** @param calls by method */
  noteRequest(now: number, calls: ReadonlyMap<string, number>): void {
    const column = this.#columnAt(now);
    column.requests++;
    let sum = 0;
    for (const [method, count] of calls) {
      sum += count;
      add(column.calls, method, count);
    }
    if (sum > 1) column.batches++;
  }

  noteError(now: number, reason: Reason): void {
    add(this.#columnAt(now).errors, reason, 1);
  }

  activity(now: number): Activity {
    this.#forget(now);
    const errors = new Map<Reason, number>();
    const calls = new Map<string, number>();
    let requests = 0;
    let batches = 0;
    for (const column of this.#columns) {
      requests += column.requests;
      batches += column.batches;
      for (const [method, count] of column.calls) add(calls, method, count);
      for (const [reason, count] of column.errors) add(errors, reason, count);
    }
    return { requests, calls, batches, seconds: (now - (this.#columns[0]?.start ?? now)) / 1000, errors };
  }

  #columnAt(now: number): Column {
    const last = this.#columns.at(-1);
    if (last !== undefined && now - last.start < COLUMN) return last;
    this.#forget(now);
    const column = { start: now, requests: 0, batches: 0, calls: new Map(), errors: new Map() };
    this.#columns.push(column);
    return column;
  }

  #forget(now: number): void {
    this.#columns = this.#columns.filter(({ start }) => now - start <= HOUR);
  }
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
