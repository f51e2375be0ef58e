import { recordError } from "../../jsonrpc/endpoint.ts";
import { askOne } from "../strategies/ask.ts";
import { blockAt } from "../strategies/calls.ts";
import type { Limits } from "../../model/source.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";

/**
 * Compares the genesis block of an endpoint with the configured one, once: a fork or a local copy of a chain has the
 * same chain id.
 *
 * @throws {RpcError} reason `wrong_chain`, or why the block could not be read
 */
export async function checkGenesis(
  { plan: { genesis } }: Network,
  poolEndpoint: PoolEndpoint,
  limits: Limits,
): Promise<void> {
  if (genesis === undefined || poolEndpoint.genesisChecked) return;
  const { hash = "without a hash" } = await askOne(poolEndpoint.endpoint, blockAt({ number: 0n }), limits);
  poolEndpoint.genesisChecked = hash === genesis.toLowerCase();
  if (poolEndpoint.genesisChecked) return;
  poolEndpoint.observed = undefined;
  const detail = `the node's genesis block is ${hash}, ${genesis} is configured`;
  throw recordError(poolEndpoint.endpoint, "wrong_chain", detail);
}
