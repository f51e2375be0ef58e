import { isResting } from "./health.ts";
import { strategyOf } from "./strategy/ladder.ts";
import type { Network } from "./open_network.ts";

/**
 * Tells how long a cycle takes at least at the pace of the endpoint it will read
 * from, configured or learned.
 *
 * @param network which
 * @returns seconds; 0 at any pace
 */
export function leastSeconds({ members, plan }: Network): number {
  const [member] = members.filter(({ health, endpoint }) => !isResting(health, endpoint.clock.now()));
  if (member === undefined) return 0;
  const { ladder, endpoint } = member;
  const strategy = strategyOf(ladder);
  const each = strategy === "batch" || strategy === "single" ? 1 : 1 / ladder.sizes[ladder.rung].size;
  return plan.accounts.length * each / endpoint.pacer.perSecond;
}
