import type { NetworkPlan, WalletPlan } from "./plan.ts";

/** Wallets that have no alerts at present. */
export type MutedWallets = ReadonlySet<WalletPlan>;

const NONE: MutedWallets = new Set();

/**
 * Returns the wallets of a network that are muted.
 *
 * @param at in seconds since the Unix epoch
 */
export function mutedWallets({ muted }: NetworkPlan, at: number): MutedWallets {
  if (muted === undefined) return NONE;
  return new Set(muted.filter(({ mute }) => mute !== undefined && at < mute.until));
}

/**
 * Returns when the next mute ends.
 *
 * @param at in seconds since the Unix epoch
 * @returns the same; infinity if none does
 */
export function nextMuteEnd(networks: readonly NetworkPlan[], at: number): number {
  let next = Infinity;
  for (const { muted = [] } of networks) {
    for (const { mute } of muted) if (mute !== undefined && mute.until > at) next = Math.min(next, mute.until);
  }
  return next;
}

/** A time as people and metrics have it, such as `2027-01-31T00:00:00Z`. */
export function muteEnd({ until }: NonNullable<WalletPlan["mute"]>): string {
  return new Date(1000 * until).toISOString().replace(/\.\d+Z$/, "Z");
}
