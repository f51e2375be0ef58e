import { log } from "../../util/log.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import type { Limits } from "../../model/source.ts";
import type { AccountValues } from "../strategies/account_values.ts";
import { isLastPoll, isSyncing } from "./confirm_zeros.ts";
import { findEmptied } from "./emptied.ts";
import { onReadFailure } from "./circuit_breaker.ts";
import type { Network } from "./open_network.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";

/** Balances that a quorum agreed on. */
export interface QuorumReading {
  readonly network: Network;
  readonly values: AccountValues;
  /** The endpoints that returned 0 for any account. */
  readonly voters: ReadonlySet<PoolEndpoint>;
  readonly limits: Limits;
}

/**
 * Withholds balances if all that were positive are 0 and fewer endpoints than the quorum report that they are not
 * syncing: nodes that were upgraded together may be behind together.
 *
 * @returns the values; `state_unavailable` for each balance that is withheld
 */
export async function confirmQuorumZeros(reading: QuorumReading): Promise<AccountValues> {
  const { network, values, voters, limits } = reading;
  if (findEmptied(network.funded, [{ head: undefined, values }]).length === 0) {
    network.zeros.polls = 0;
    return values;
  }
  network.budget.spend(voters.size);
  const answers = await Promise.all([...voters].map(async (poolEndpoint) => {
    const syncing = await isSyncing(poolEndpoint.endpoint, limits);
    return { poolEndpoint, syncing };
  }));
  if (answers.filter(({ syncing }) => syncing === false).length >= network.plan.quorum) return values;
  const detail = "all balances are 0 at once, and the node is syncing";
  if (isLastPoll(network)) {
    log.warn("Balances of 0 are published without confirmation", { network: network.plan.id, detail });
    return values;
  }
  for (const { poolEndpoint, syncing } of answers) {
    if (syncing === true) {
      onReadFailure(poolEndpoint.breaker, recordError(poolEndpoint.endpoint, "state_unavailable", detail), network);
    }
  }
  return values.map((value) => typeof value === "bigint" ? "state_unavailable" : value);
}
