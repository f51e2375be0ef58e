import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { isOpen, onFailure, onSuccess } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { confirmChainId, readChainId } from "../strategies/chain_id.ts";

/**
 * Finds out which chain a pool of endpoints is on, where that is not planned:
 * before anything is published, more than half of those that ever reported one must
 * agree. An endpoint that fails now still counts with what it reported before. Where all
 * that answer refuse to report one, the chain stays unknown.
 *
 * @param network which
 * @param limits how long it may take
 * @returns why there is no such chain; nothing when there is one, or only one endpoint to tell it
 */
export async function resolveChainId(network: Network, limits: Limits): Promise<RpcError | undefined> {
  const { clock } = limits;
  if (network.chainId !== undefined || network.endpoints.length < 2) return undefined;
  const asked = network.endpoints.filter(({ breaker, selector }) =>
    !isOpen(breaker, clock.now()) && selector.chainMethod !== "waived"
  );
  await Promise.all(asked.map(async (poolEndpoint) => {
    try {
      poolEndpoint.reportedChainId = await chainOf(network, poolEndpoint, limits) ?? poolEndpoint.reportedChainId;
      onSuccess(poolEndpoint.breaker);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      onFailure(poolEndpoint.breaker, error, network);
    }
  }));
  const reported = network.endpoints.flatMap(({ reportedChainId }) => reportedChainId ?? []);
  const isWaived = network.endpoints.some(({ selector }) => selector.chainMethod === "waived");
  if (reported.length === 0 && isWaived) return undefined;
  if (reported.length === 0) {
    return network.endpoints.find(({ breaker }) => breaker.failure !== undefined)?.breaker.failure;
  }
  const chainId = reported.find((one) => 2 * reported.filter((other) => other === one).length > reported.length);
  if (chainId !== undefined) {
    network.chainId = chainId;
    return undefined;
  }
  const doubtful = network.endpoints.filter((poolEndpoint) =>
    poolEndpoint.reportedChainId !== undefined && poolEndpoint.breaker.failure === undefined
  );
  const chains = [...new Set(reported)].join(" and ");
  const detail = `the endpoints report chain ids ${chains}, and none is configured: set chainId`;
  for (const poolEndpoint of doubtful) {
    onFailure(poolEndpoint.breaker, recordError(poolEndpoint.endpoint, "wrong_chain", detail), network);
  }
  return new RpcError("wrong_chain", detail);
}

/** Where it failed before, it may be that it is not allowed. */
async function chainOf(network: Network, poolEndpoint: PoolEndpoint, limits: Limits): Promise<number | undefined> {
  const [first] = network.plan.accounts;
  if (poolEndpoint.selector.chainMethod !== "failed" || first === undefined) {
    return await readChainId(poolEndpoint, limits);
  }
  return await confirmChainId(poolEndpoint, first, limits);
}
