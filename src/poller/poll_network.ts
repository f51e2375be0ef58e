import { startDeadline } from "../http/deadline.ts";
import type { Limits, PollResult, Source } from "../model/source.ts";
import type { Clock } from "../util/clock.ts";
import type { Backfill } from "./backfill.ts";
import { takeDueAccounts } from "./due_accounts.ts";
import { recordPoll } from "./record_poll.ts";
import type { NetworkState, StateStore } from "./state.ts";

/** A network with its source and its state. */
export interface Polled {
  readonly store: StateStore;
  readonly state: NetworkState;
  readonly source: Source;
  /** Runs after a poll, within its time. @default none */
  readonly backfill?: Backfill;
  readonly clock: Clock;
  /** For one request, in milliseconds. */
  readonly timeout: number;
  /** Ends the polling; a poll in progress is discarded. */
  readonly stop: AbortSignal;
}

/** The share of an interval that a poll may take, so that it never overlaps the next one. */
export const POLL_SHARE = 0.9;

/**
 * Polls one network at a fixed rate until stopped. A poll never overlaps the next.
 *
 * @param interval between the starts of two polls, in milliseconds
 * @param firstPhase offset against the polls of other networks, from the second poll on, in milliseconds
 * @param onPolled called after every poll
 */
export async function pollNetwork(
  polled: Polled,
  interval: number,
  firstPhase: number,
  onPolled: (result: PollResult) => void,
): Promise<void> {
  const { state, source, backfill, clock, stop } = polled;
  let tick = clock.now();
  for (let phase = firstPhase; !stop.aborted; phase = 0) {
    await pollAndRecord(polled, interval * POLL_SHARE, async (result, limits) => {
      onPolled(result);
      await source.probeStandbys?.(limits);
      await backfill?.run(limits);
    });
    if (stop.aborted) return;
    const next = nextTick(tick, interval, clock.now());
    state.skipped += next.skipped;
    tick = next.at + phase;
    await clock.sleep(tick - clock.now(), stop);
  }
}

/**
 * Polls one network once and records the result.
 *
 * @param maxMs for the whole poll, unless the pace of the source makes it longer
 * @param onPolled still runs within the time of the poll
 */
export async function pollAndRecord(
  { store, state, source, clock, timeout, stop }: Polled,
  maxMs: number,
  onPolled: (result: PollResult, limits: Limits) => void | Promise<void>,
): Promise<void> {
  const started = clock.now();
  // A configured rate may need more time than that.
  const longest = Math.max(maxMs, 1500 * (source.minPollSeconds ?? 0));
  state.lastTick = started;
  state.endsBy = started + longest;
  using deadline = startDeadline(clock, longest, stop);
  const limits = { clock, timeout, deadline };
  const result = await source.poll(takeDueAccounts(state, source, started), limits);
  if (stop.aborted) return;
  recordPoll(store, state, result, clock, started);
  await onPolled(result, limits);
}

/**
 * Finds the next tick of a fixed-rate schedule. A poll that took too long, or a suspended machine, skips ticks; it
 * never causes a burst. All times are milliseconds on the monotonic clock.
 */
export function nextTick(
  last: number,
  interval: number,
  now: number,
): { readonly at: number; readonly skipped: number } {
  const skipped = Math.max(0, Math.ceil((now - last) / interval) - 1);
  return { at: last + (skipped + 1) * interval, skipped };
}
