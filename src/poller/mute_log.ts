import { mutedWallets, muteEnd } from "../plan/mutes.ts";
import type { NetworkPlan, WalletPlan } from "../plan/plan.ts";
import { log } from "../util/log.ts";

/**
 * Logs when the mute of a wallet begins and when it ends, once each.
 *
 * @param at in seconds since the Unix epoch
 */
export type MuteLog = (plan: NetworkPlan, at: number) => void;

/** Creates the log of one network. It outlives reloads. */
export function createMuteLog(network: string): MuteLog {
  /** Those that are muted, by what identifies a wallet of two plans. */
  let before: ReadonlyMap<string, WalletPlan> = new Map();

  return (plan, at) => {
    if (plan.muted === undefined && before.size === 0) return;
    const present = new Map(mutedWallets(plan, at).values().map((wallet) => [keyOf(wallet), wallet]));
    for (const [key, { address, label, mute }] of present) {
      if (before.has(key) || mute === undefined) continue;
      const fields = { network, wallet: label, address, until: muteEnd(mute), reason: mute.reason };
      log.info("Wallet is muted: it has no alerts", fields);
    }
    for (const [key, { address, label }] of before) {
      if (!present.has(key)) log.info("Wallet is no longer muted", { network, wallet: label, address });
    }
    before = present;
  };
}

function keyOf({ address, label }: WalletPlan): string {
  return JSON.stringify([address, label]);
}
