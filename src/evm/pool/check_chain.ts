import { log } from "../../util/log.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { confirmChainId, readChainId } from "../strategies/chain_id.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import type { PartialHead, Target } from "../strategies/target.ts";

/**
 * Rejects a chain id other than the network's. With a single endpoint, the first chain id reported becomes the
 * network's.
 *
 * @throws {RpcError} reason `wrong_chain`
 */
export function checkChain(network: Network, poolEndpoint: PoolEndpoint, chainId: number): void {
  poolEndpoint.selector.chainReported = true;
  // With several endpoints, more than half must agree first.
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
 * Makes the check of balances read without a block number: a chain and block that are reported must be right. An
 * endpoint that never reported a chain id is assumed to be on the configured chain; if none is configured, only while
 * no other endpoint reported one.
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
