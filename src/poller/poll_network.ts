import type { Limits } from "../evm/strategies/ask.ts";
import type { Network } from "../evm/pool/open_network.ts";
import { scout } from "../evm/pool/scout.ts";
import type { Sweep } from "../evm/pool/sweep.ts";
import type { Clock } from "../util/clock.ts";
import { describeError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import type { Book, NetworkState } from "./book.ts";
import type { ChangeLog } from "./change_log.ts";
import { nextTick } from "./next_tick.ts";
import { runCycle } from "./run_cycle.ts";

/** How often and how patiently networks are polled; times in milliseconds. */
export interface Pace {
  readonly clock: Clock;
  /** From one cycle's start to the next. */
  readonly interval: number;
  /** For one request. */
  readonly timeout: number;
  /** How far this network's cycles are shifted against the others', from the second on. */
  readonly phase: number;
}

/** The share of an interval that a cycle may take, so that it never meets the next one. */
export const CYCLE_SHARE = 0.9;

/**
 * Polls one network at a fixed rate until stopped: once at once, then every
 * interval. A cycle never overlaps the next.
 *
 * @param book where readings go
 * @param state the network's page in the book
 * @param network the network
 * @param pace see {@linkcode Pace}
 * @param changes told of every cycle
 * @param stop ends the polling; a cycle under way is thrown away
 */
export async function pollNetwork(
  book: Book,
  state: NetworkState,
  network: Network,
  pace: Pace,
  changes: ChangeLog,
  stop: AbortSignal,
): Promise<void> {
  const { clock, interval, timeout } = pace;
  const patience = interval * CYCLE_SHARE;
  let tick = clock.now();
  for (let phase = pace.phase; !stop.aborted; phase = 0) {
    await runCycle(book, state, network, { clock, patience, timeout }, stop, async (result, limits) => {
      changes.note(result, clock.now());
      await tryScout(network, result, limits);
    });
    if (stop.aborted) return;
    const next = nextTick(tick, interval, clock.now());
    state.skipped += next.skipped;
    tick = next.at + phase;
    await clock.sleep(tick - clock.now(), stop);
  }
}

/** Looking around is for the next cycle only; a mistake in it costs no balance. */
async function tryScout(network: Network, { endpoint }: Sweep, limits: Limits): Promise<void> {
  try {
    await scout(network, endpoint, limits);
  } catch (error) {
    log.error("Unexpected error, please report it", { network: network.plan.id, error: describeError(error) });
  }
}
