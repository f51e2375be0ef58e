import type { Account } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { checkGenesis } from "./check_genesis.ts";
import { isOpen, onFailure, onProbedBalance } from "./circuit_breaker.ts";
import { headStatusOf, STANDBY_PROBE_INTERVAL_MS } from "./head_status.ts";
import { type PoolEndpoint, recordHead } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { accountsOn } from "../chains/chain_facts.ts";
import { failureOf, valuesIn } from "../strategies/read_chunks.ts";
import { readByStrategy } from "../strategies/read_by_strategy.ts";
import { admitLatestOf, checkChain, probe } from "./check_chain.ts";
import type { Target } from "../strategies/target.ts";

/**
 * Probes standby endpoints to rank them for the next poll: one balance each, by the strategy that all would be read by.
 */
export async function probeStandbys(network: Network, used: string | undefined, limits: Limits): Promise<void> {
  const { endpoints, plan } = network;
  const { clock } = limits;
  if (endpoints.length < 2 || sampleOf(network).length === 0 || plan.quorum > 1 || network.chainId === undefined) {
    return;
  }
  const pause = Math.max(STANDBY_PROBE_INTERVAL_MS, network.interval) - network.interval / 20;
  const due = endpoints.filter(({ endpoint, breaker, probedAt }) =>
    endpoint.name !== used && !isOpen(breaker, clock.now()) && network.startedAt - probedAt >= pause
  );
  await Promise.all(due.map((poolEndpoint) => probeStandby(network, poolEndpoint, limits)));
  for (const poolEndpoint of endpoints) {
    if (poolEndpoint.observed !== undefined && poolEndpoint.breaker.failure === undefined) {
      poolEndpoint.headStatus = headStatusOf(network, poolEndpoint, clock);
    }
  }
}

/** The first account that exists on the chain. */
function sampleOf({ plan, chainId }: Network): readonly Account[] {
  return accountsOn(plan.accounts, chainId).slice(0, 1);
}

async function probeStandby(network: Network, poolEndpoint: PoolEndpoint, limits: Limits): Promise<void> {
  const { plan } = network;
  const { breaker } = poolEndpoint;
  poolEndpoint.probedAt = network.startedAt;
  const admit: Target["admit"] = (head) => {
    checkChain(network, poolEndpoint, head.chainId);
    recordHead(poolEndpoint, head, limits.clock);
  };
  const target: Target = {
    at: typeof plan.block === "string" ? plan.block : "latest",
    admit,
    checkChain: (chainId) => checkChain(network, poolEndpoint, chainId),
    ...(plan.block === "latest" ? { admitLatest: admitLatestOf(network, poolEndpoint, admit) } : {}),
  };
  try {
    if (breaker.needsProbe) await probe(network, poolEndpoint, limits);
    await checkGenesis(network, poolEndpoint, limits);
    const result = await readByStrategy(poolEndpoint, sampleOf(network), target, limits);
    const value = valuesIn(result).at(-1)?.[1];
    // A reverted call is the contract's answer, not a failure of the endpoint.
    if (typeof value !== "bigint" && value !== "reverted") {
      throw failureOf(result) ?? new RpcError(value ?? "missing", "no balance was read");
    }
    onProbedBalance(breaker, network);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    onFailure(breaker, error, network);
  }
}
