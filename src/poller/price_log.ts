import type { Clock } from "../util/clock.ts";
import { log } from "../util/log.ts";
import { judgePrice, type PriceProblem } from "./prices.ts";
import type { NetworkState } from "./state.ts";
import { createLineLimit } from "./threshold_log.ts";

/** Logs when a price of a network is no longer used, and when it is again. */
export type PriceLog = (state: NetworkState, clock: Pick<Clock, "now" | "epoch">) => void;

/** Creates the log of one network's prices. It outlives reloads. */
export function createPriceLog(network: string): PriceLog {
  const mayWrite = createLineLimit();
  /** Why those are not used that were last logged not to be, by feed. */
  const known = new Map<string, PriceProblem>();

  return (state, clock) => {
    for (const plan of state.plan.prices ?? []) {
      const { symbols, token: { address: feed } } = plan;
      const judged = judgePrice(plan, state, clock.epoch());
      if (judged === undefined) continue;
      const problem = typeof judged === "string" ? judged : undefined;
      if (known.get(feed) === problem || !mayWrite(feed, clock.now())) continue;
      const fields = { network, symbol: symbols.join(","), feed };
      if (problem === undefined) {
        known.delete(feed);
        log.info("Price is used again", fields);
      } else {
        known.set(feed, problem);
        log.warn("Price is not used", { ...fields, problem });
      }
    }
  };
}
