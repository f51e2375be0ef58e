import type { Account } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits, Outcome } from "../../model/source.ts";
import { callFor, callOptions } from "../strategies/account_call.ts";
import { ask } from "../strategies/ask.ts";
import { isOpen } from "./circuit_breaker.ts";
import type { Network } from "./open_network.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";

/**
 * Reads accounts that belong to no block, once, from an endpoint that answered in this poll. A failure is a reason and
 * counts for nothing else.
 *
 * @param last the endpoint that balances were read from. @default the first that is healthy
 */
export async function readAside(
  network: Network,
  accounts: readonly Account[],
  last: PoolEndpoint | undefined,
  limits: Limits,
): Promise<ReadonlyMap<Account, Outcome>> {
  const outcomes = new Map<Account, Outcome>();
  const isWell = ({ breaker, headStatus }: PoolEndpoint): boolean =>
    breaker.failure === undefined && headStatus !== "lagging" && !isOpen(breaker, limits.clock.now());
  const poolEndpoint = last ?? network.endpoints.find(isWell);
  if (poolEndpoint === undefined) return outcomes;
  const { endpoint, selector } = poolEndpoint;
  const size = Math.max(1, selector.sizes.batch.size - 1);
  const options = callOptions(endpoint);
  for (let start = 0; start < accounts.length; start += size) {
    const some = accounts.slice(start, start + size);
    const calls = some.map((account) => callFor(account, "latest", options(account)));
    const answers = await ask(endpoint, calls, limits).catch((error) => {
      if (error instanceof RpcError) return some.map(() => error);
      throw error;
    });
    for (const [index, account] of some.entries()) outcomes.set(account, outcomeOf(account, answers[index]));
  }
  return outcomes;
}

function outcomeOf({ asset }: Account, answer: bigint | RpcError | undefined): Outcome {
  if (typeof answer !== "bigint") return answer?.reason ?? "missing";
  const amount = asset.judge?.(answer, undefined) ?? answer;
  return typeof amount === "string" ? amount : { amount, block: undefined };
}
