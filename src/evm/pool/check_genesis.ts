import type { Call } from "../../jsonrpc/call.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "../strategies/ask.ts";
import type { Limits } from "../../model/source.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";

const GENESIS: Call<string> = {
  method: "eth_getBlockByNumber",
  params: '["0x0",false]',
  answerBytes: 2 * 1024 * 1024,
  decode(result): string {
    if (typeof result === "object" && result !== null && "hash" in result && typeof result.hash === "string") {
      return result.hash.toLowerCase();
    }
    throw new RpcError("bad_value", "expected the genesis block");
  },
};

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
  if (await askOne(poolEndpoint.endpoint, GENESIS, limits) === genesis.toLowerCase()) {
    poolEndpoint.genesisChecked = true;
    return;
  }
  poolEndpoint.observed = undefined;
  throw recordError(poolEndpoint.endpoint, "wrong_chain", "the node has another genesis block than configured");
}
