import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { isOpen, onFailure, onSuccess } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { confirmChainId, readChainId } from "../strategies/chain_id.ts";

/**
 * Resolves the chain id of a pool if none is configured: before anything is published, more than half of the endpoints
 * that ever reported one must agree. An endpoint that fails now counts with what it last reported. If all that answer
 * refuse `eth_chainId`, the chain stays unknown.
 *
 * @returns why they do not agree; undefined if they do, or with a single endpoint
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
  const disagreeing = network.endpoints.filter((poolEndpoint) =>
    poolEndpoint.reportedChainId !== undefined && poolEndpoint.breaker.failure === undefined
  );
  const chains = [...new Set(reported)].join(" and ");
  const detail = `the endpoints report chain ids ${chains}, and none is configured: set chainId`;
  for (const poolEndpoint of disagreeing) {
    onFailure(poolEndpoint.breaker, recordError(poolEndpoint.endpoint, "wrong_chain", detail), network);
  }
  return new RpcError("wrong_chain", detail);
}

/** If `eth_chainId` failed before, it may not be allowed: a balance shows whether the endpoint works. */
async function chainOf(network: Network, poolEndpoint: PoolEndpoint, limits: Limits): Promise<number | undefined> {
  const [first] = network.plan.accounts;
  if (poolEndpoint.selector.chainMethod !== "failed" || first === undefined) {
    return await readChainId(poolEndpoint, limits);
  }
  return await confirmChainId(poolEndpoint, first, limits);
}
