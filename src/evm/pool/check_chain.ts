import { log } from "../../util/log.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import type { PartialHead, Target } from "../strategies/target.ts";

/**
 * Refuses another chain than the network's. Where none is known yet this one is it.
 *
 * @param network whose chain counts
 * @param poolEndpoint who reported it
 * @param chainId what it reported
 * @throws {RpcError} reason `wrong_chain`
 */
export function checkChain(network: Network, poolEndpoint: PoolEndpoint, chainId: number): void {
  poolEndpoint.selector.chainReported = true;
  // Of several endpoints more than half must agree first.
  if (network.endpoints.length === 1) network.chainId ??= chainId;
  if (network.chainId === undefined) poolEndpoint.reportedChainId = chainId;
  if (chainId === network.chainId) return;
  poolEndpoint.observed = undefined;
  throw recordError(poolEndpoint.endpoint, "wrong_chain", wrongChainDetail(network, chainId));
}

function wrongChainDetail({ plan, chainId: expected }: Network, chainId: number): string {
  const reported = `the node reports chain id ${chainId}`;
  if (expected === undefined) return `${reported}, the endpoints of the network did not agree on one yet`;
  if (plan.chainId !== undefined) return `${reported}, chainId ${expected} is configured: correct that or the URL`;
  return `${reported}, it was ${expected} before: if the chain changed its id, restart the exporter or set chainId`;
}

/**
 * Makes the check of balances that are asked for without a block number: what is
 * reported of chain and block must be right. An endpoint that never reported its
 * chain is believed to be on the configured one; without one only where the network's
 * chain is not known from another.
 *
 * @param network whose chain counts
 * @param poolEndpoint who is read
 * @param admit judges a whole head
 */
export function admitLatestOf(
  network: Network,
  poolEndpoint: PoolEndpoint,
  admit: Target["admit"],
): (head: PartialHead) => void {
  return ({ chainId, block }) => {
    if (chainId === undefined) return allowUnknownChain(network, poolEndpoint);
    if (block === undefined) checkChain(network, poolEndpoint, chainId);
    else admit({ chainId, block });
  };
}

function allowUnknownChain({ plan, chainId }: Network, poolEndpoint: PoolEndpoint): void {
  const { endpoint: { name }, selector } = poolEndpoint;
  if (selector.chainReported || plan.chainId === undefined && chainId !== undefined) {
    throw new RpcError("missing", "the endpoint does not report its chain id", "unsupported");
  }
  if (poolEndpoint.isChainUnknown) return;
  poolEndpoint.isChainUnknown = true;
  log.warn("Endpoint does not report its chain id, chain not verified", {
    network: plan.id,
    endpoint: name,
    chain: plan.chainId ?? "unknown",
  });
}
