import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { isOpen, onFailure, onSuccess } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { confirmChainId, readChainId } from "../strategies/chain_id.ts";

/**
 * Finds out which chain a pool of endpoints is on, where that is not planned:
 * before anything is published, more than half of those that ever told one must
 * tell the same. Who is silent now still counts as what it told before. Where all
 * that answer refuse to report one, the chain stays unknown.
 *
 * @param network which
 * @param limits how long it may take
 * @returns why there is no such chain; nothing when there is one, or only one endpoint to tell it
 */
export async function resolveChainId(network: Network, limits: Limits): Promise<RpcError | undefined> {
  const { clock } = limits;
  if (network.chainId !== undefined || network.members.length < 2) return undefined;
  const asked = network.members.filter(({ breaker, selector }) =>
    !isOpen(breaker, clock.now()) && selector.chainMethod !== "waived"
  );
  await Promise.all(asked.map(async (member) => {
    try {
      member.told = await chainOf(network, member, limits) ?? member.told;
      onSuccess(member.breaker);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      onFailure(member.breaker, error, network);
    }
  }));
  const told = network.members.flatMap(({ told }) => told ?? []);
  const isWaived = network.members.some(({ selector }) => selector.chainMethod === "waived");
  if (told.length === 0 && isWaived) return undefined;
  if (told.length === 0) return network.members.find(({ breaker }) => breaker.failure !== undefined)?.breaker.failure;
  const chainId = told.find((one) => 2 * told.filter((other) => other === one).length > told.length);
  if (chainId !== undefined) {
    network.chainId = chainId;
    return undefined;
  }
  const doubtful = network.members.filter((member) =>
    member.told !== undefined && member.breaker.failure === undefined
  );
  const chains = [...new Set(told)].join(" and ");
  const detail = `the endpoints report chain ids ${chains}, and none is configured: set chainId`;
  for (const member of doubtful) {
    onFailure(member.breaker, recordError(member.endpoint, "wrong_chain", detail), network);
  }
  return new RpcError("wrong_chain", detail);
}

/** Where it failed before, it may be that it is not allowed. */
async function chainOf(network: Network, member: PoolEndpoint, limits: Limits): Promise<number | undefined> {
  const [first] = network.plan.accounts;
  if (member.selector.chainMethod !== "failed" || first === undefined) return await readChainId(member, limits);
  return await confirmChainId(member, first, limits);
}
