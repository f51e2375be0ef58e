import type { Block } from "../../model/block.ts";
import { log } from "../../util/log.ts";
import type { Network } from "./open_network.ts";

/** Polls in a row at a lower block that is younger: one may be that of another backend. */
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
  if (isLower || highest === undefined || block.time >= highest.time) height.block = block;
  height.lowerPolls = 0;
}
