import { log } from "../../util/log.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { isLastPoll, isSyncing } from "./confirm_zeros.ts";
import { findEmptied } from "./emptied.ts";
import { failReading } from "./health.ts";
import type { Member } from "./member.ts";
import type { Network } from "./open_network.ts";
import type { Limits } from "../strategies/ask.ts";
import type { Piece } from "../strategies/read_chunks.ts";

/** What a quorum agreed on. */
export interface QuorumReading {
  readonly network: Network;
  /** Places of the accounts among those of the plan. */
  readonly places: readonly number[];
  readonly outcomes: Piece["outcomes"];
  /** Who gave 0 for any account. */
  readonly voters: ReadonlySet<Member>;
  readonly limits: Limits;
}

/**
 * Withholds zeros for all that had something where fewer endpoints than the quorum report that they are not syncing:
 * nodes that were upgraded together are behind together.
 *
 * @param reading see {@linkcode QuorumReading}
 * @returns the outcomes, none of them a balance where they are withheld
 */
export async function confirmQuorumZeros(reading: QuorumReading): Promise<Piece["outcomes"]> {
  const { network, places, outcomes, voters, limits } = reading;
  if (findEmptied(network, places, [{ start: 0, head: undefined, outcomes }]).length === 0) {
    network.zeros.polls = 0;
    return outcomes;
  }
  network.budget.spend(voters.size);
  const answers = await Promise.all([...voters].map(async (member) => {
    const syncing = await isSyncing(member.endpoint, limits);
    return { member, syncing };
  }));
  if (answers.filter(({ syncing }) => syncing === false).length >= network.plan.quorum) return outcomes;
  const detail = "all balances are 0 at once, and the node is syncing";
  if (isLastPoll(network)) {
    log.warn("Balances of 0 are published without confirmation", { network: network.plan.id, detail });
    return outcomes;
  }
  for (const { member, syncing } of answers) {
    if (syncing === true) {
      failReading(member.health, recordError(member.endpoint, "state_unavailable", detail), network);
    }
  }
  return outcomes.map((outcome) => typeof outcome === "bigint" ? "state_unavailable" : outcome);
}
