import { checkChain } from "./check_chain.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import type { Limits } from "../../model/source.ts";
import { confirmChainId, readChainId } from "../strategies/chain_id.ts";

/**
 * Asks an endpoint something cheap: its chain id, or where it never answered that one balance.
 *
 * @param network whose chain counts
 * @param poolEndpoint which endpoint
 * @param limits how long it may take
 * @throws {RpcError} when it does not answer, or is on another chain
 */
export async function probe(network: Network, poolEndpoint: PoolEndpoint, limits: Limits): Promise<void> {
  const { selector } = poolEndpoint;
  const [first] = network.plan.accounts;
  const isAnswered = selector.chainMethod === "answered" || selector.chainMethod === "unasked";
  const chainId = isAnswered || first === undefined
    ? await readChainId(poolEndpoint, limits)
    : await confirmChainId(poolEndpoint, first, limits);
  if (chainId !== undefined) return checkChain(network, poolEndpoint, chainId);
  // All other ways need the chain id, but for those of the EVM, which did not work either.
  if (!selector.proven && network.plan.block === "latest") selector.strategy = "latest";
}
