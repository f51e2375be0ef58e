import type { Account } from "../../assets/asset.ts";
import type { Block } from "../../model/block.ts";
import type { Outcomes } from "../../model/source.ts";
import { log } from "../../util/log.ts";
import type { Network } from "./open_network.ts";

/** Polls in a row with a lower block that is younger, or a lower nonce: one may be that of another backend. */
const MIN_POLLS = 3;

/**
 * Notes a poll's block. A development chain that was restarted counts its blocks from 0 again, and its nonces: after
 * some polls they are not compared with the old ones any more.
 */
export function noteRestart(
  { plan, height, previous }: Pick<Network, "plan" | "height" | "previous">,
  block: Block | undefined,
): void {
  if (block === undefined) return;
  const { block: highest } = height;
  const isLower = highest !== undefined && block.byEvm === highest.byEvm && block.number < highest.number &&
    block.time > highest.time;
  if (isLower && ++height.lowerPolls < MIN_POLLS) return;
  if (isLower && previous.size > 0) {
    log.warn("Chain was restarted", { network: plan.id, block: block.number, before: highest.number });
    previous.clear();
  }
  // An older block is one of a backend that is behind.
  if (highest === undefined || block.time >= highest.time) height.block = block;
  height.lowerPolls = 0;
}

/**
 * Notes values that fell, such as nonces whose transactions a reorganization undid: after some polls they are not compared
 * with the old ones any more.
 *
 * @param behind the accounts that some endpoint returned such a value of
 */
export function noteFallen(
  { plan, previous, fallen }: Pick<Network, "plan" | "previous" | "fallen">,
  behind: ReadonlySet<Account>,
  outcomes: Outcomes,
): void {
  const isRead = (account: Account): boolean => typeof outcomes.get(account) === "object";
  for (const account of fallen.keys()) if (isRead(account)) fallen.delete(account);
  const undone: Account[] = [];
  for (const account of behind) {
    if (isRead(account) || !previous.has(account)) continue;
    const polls = (fallen.get(account) ?? 0) + 1;
    fallen.set(account, polls);
    if (polls >= MIN_POLLS) undone.push(account);
  }
  const [first] = undone;
  if (first === undefined) return;
  for (const account of undone) previous.delete(account);
  const { asset: { kind }, holder } = first;
  log.warn("Values fell, as after a reorganization", {
    network: plan.id,
    kind,
    address: holder,
    values: undone.length,
  });
}
