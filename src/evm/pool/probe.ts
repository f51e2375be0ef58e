import { checkChain } from "./check_chain.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import type { Limits } from "../../model/source.ts";
import { confirmChainId, readChainId } from "../strategies/chain_id.ts";

/**
 * Probes an endpoint with a cheap request: its chain id, or one balance if it never returned that.
 *
 * @throws {RpcError} if it does not answer, or is on another chain
 */
export async function probe(network: Network, poolEndpoint: PoolEndpoint, limits: Limits): Promise<void> {
  const { selector } = poolEndpoint;
  const [first] = network.plan.accounts;
  const isAnswered = selector.chainMethod === "answered" || selector.chainMethod === "unasked";
  const chainId = isAnswered || first === undefined
    ? await readChainId(poolEndpoint, limits)
    : await confirmChainId(poolEndpoint, first, limits);
  if (chainId !== undefined) return checkChain(network, poolEndpoint, chainId);
  // All other strategies need the chain id, except those of the EVM, which failed as well.
  if (!selector.proven && network.plan.block === "latest") selector.strategy = "latest";
}
