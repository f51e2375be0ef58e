import type { Limits } from "../chain/strategy/ask.ts";
import type { Network } from "../chain/open_network.ts";
import { scout } from "../chain/scout.ts";
import { type Sweep, sweep } from "../chain/sweep.ts";
import { reportOn } from "../chain/endpoint_report.ts";
import { leastSeconds } from "../chain/least_seconds.ts";
import type { Clock } from "../clock.ts";
import { startDeadline } from "../rpc/deadline.ts";
import { log } from "../log.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import type { Book, NetworkState } from "./book.ts";
import { recordSweep } from "./record_sweep.ts";
import type { ChangeLog } from "./change_log.ts";
import { nextTick } from "./next_tick.ts";

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
  let tick = clock.now();
  for (let phase = pace.phase; !stop.aborted; phase = 0) {
    const started = clock.now();
    state.lastTick = started;
    {
      // A pace that is slower than the plan makes cycles longer, and never a burst.
      using deadline = startDeadline(clock, Math.max(interval * CYCLE_SHARE, 1500 * leastSeconds(network)), stop);
      const result = await trySweep(network, { clock, timeout, deadline });
      if (stop.aborted) return;
      recordSweep(book, state, result, clock, started);
      changes.note(result, clock.now());
      await tryScout(network, result, { clock, timeout, deadline });
    }
    const next = nextTick(tick, interval, clock.now());
    state.skipped += next.skipped;
    tick = next.at + phase;
    await clock.sleep(tick - clock.now(), stop);
  }
}

/** A mistake of ours must not end the watching of a network: its balances age, and the next cycle tries again. */
async function trySweep(network: Network, limits: Limits): Promise<Sweep> {
  try {
    return await sweep(network, limits);
  } catch (error) {
    const failure = new RpcError("integrity", `unexpected error, please report it: ${describe(error)}`);
    network.members[0]?.endpoint.meter.fault(failure.reason);
    return {
      chainId: undefined,
      block: undefined,
      outcomes: network.plan.accounts.map(() => failure.reason),
      decimals: network.decimals,
      late: undefined,
      endpoint: undefined,
      endpoints: network.members.map(reportOn),
      disagreements: 0,
      failure,
    };
  }
}

/** Looking around is for the next cycle only; a mistake in it costs no balance. */
async function tryScout(network: Network, { endpoint }: Sweep, limits: Limits): Promise<void> {
  try {
    await scout(network, endpoint, limits);
  } catch (error) {
    log.error("Unexpected error, please report it", { network: network.plan.id, error: describe(error) });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
}
