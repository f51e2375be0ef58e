import { describeError } from "../util/errors.ts";
import { reportOn } from "../evm/pool/endpoint_report.ts";
import { leastSeconds } from "../evm/pool/least_seconds.ts";
import type { Network } from "../evm/pool/open_network.ts";
import type { Limits } from "../evm/strategies/ask.ts";
import { skippedCoins } from "../evm/strategies/coinless.ts";
import { type Sweep, sweep } from "../evm/pool/sweep.ts";
import type { Clock } from "../util/clock.ts";
import { recordError } from "../jsonrpc/endpoint.ts";
import { startDeadline } from "../http/deadline.ts";
import type { Book, NetworkState } from "./book.ts";
import { recordSweep } from "./record_sweep.ts";

/** How patiently a cycle is run; times in milliseconds. */
export interface Patience {
  readonly clock: Clock;
  /** For the whole cycle, unless the network's own pace makes it longer. */
  readonly patience: number;
  /** For one request. */
  readonly timeout: number;
}

/**
 * Runs one cycle of a network and writes it down.
 *
 * @param book where readings go
 * @param state the network's page in the book
 * @param network the network
 * @param pace see {@linkcode Patience}
 * @param stop ends the cycle; it is thrown away then
 * @param afterwards what is still to be done within the cycle's time
 */
export async function runCycle(
  book: Book,
  state: NetworkState,
  network: Network,
  { clock, patience, timeout }: Patience,
  stop: AbortSignal,
  afterwards: (result: Sweep, limits: Limits) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const started = clock.now();
  // A pace that is slower than the plan makes cycles longer, and never a burst.
  const longest = Math.max(patience, 1500 * leastSeconds(network));
  state.lastTick = started;
  state.endsBy = started + longest;
  using deadline = startDeadline(clock, longest, stop);
  const limits = { clock, timeout, deadline };
  const result = await trySweep(network, limits);
  if (stop.aborted) return;
  recordSweep(book, state, result, clock, started);
  await afterwards(result, limits);
}

/** A mistake of ours must not end the watching of a network: its balances age, and the next cycle tries again. */
async function trySweep(network: Network, limits: Limits): Promise<Sweep> {
  try {
    return await sweep(network, limits);
  } catch (error) {
    const detail = `unexpected error, please report it: ${describeError(error)}`;
    const skipped = skippedCoins(network.plan.accounts, network.chainId);
    const failure = recordError(network.members[0]?.endpoint, "internal", detail);
    return {
      chainId: undefined,
      block: undefined,
      skipped,
      outcomes: network.plan.accounts.slice(skipped).map(() => failure.reason),
      decimals: network.decimals,
      refuted: new Set(),
      late: undefined,
      endpoint: undefined,
      endpoints: network.members.map(reportOn),
      disagreements: 0,
      failure,
    };
  }
}
