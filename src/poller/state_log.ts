import type { Clock } from "../util/clock.ts";
import { createMuteLog } from "./mute_log.ts";
import { createPriceLog } from "./price_log.ts";
import type { NetworkState } from "./state.ts";
import { createThresholdLog } from "./threshold_log.ts";
import { createWalletLog } from "./wallet_log.ts";

/** Logs what changed in the state of a network, after each poll. */
export type StateLog = (state: NetworkState, clock: Pick<Clock, "now" | "epoch">) => void;

/** Creates the log of one network. It outlives reloads, so that nothing is logged twice. */
export function createStateLog(network: string): StateLog {
  const logThresholds = createThresholdLog(network);
  const logMutes = createMuteLog(network);
  const logWallets = createWalletLog(network);
  const logPrices = createPriceLog(network);
  return (state, clock) => {
    logThresholds(state, clock.now());
    logMutes(state.plan, clock.epoch());
    logWallets(state, clock.now());
    logPrices(state, clock);
  };
}
