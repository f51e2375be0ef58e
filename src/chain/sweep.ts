import type { NetworkPlan } from "../plan.ts";
import type { Endpoint } from "../rpc/endpoint.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import type { Limits } from "./ask.ts";
import { grow } from "./batch_limit.ts";
import type { Outcome } from "./outcome.ts";
import { readBalances } from "./read_balances.ts";
import { type Head, readHead } from "./read_head.ts";

/** A network as it is read: the plan, the open endpoint, and the chain it turned out to be. */
export interface Network {
  readonly plan: NetworkPlan;
  /** None when no URL of the plan can ever answer. */
  readonly endpoint: Endpoint | undefined;
  /** The first chain id that was told; another one later is a fault. */
  chainId: number | undefined;
}

/** How balances are read. */
export type Strategy = "packed" | "multicall" | "batch" | "single";

/** One cycle of one network. */
export interface Sweep {
  /** The chain and block the balances belong to; none when the head was not read or not right. */
  readonly head: Head | undefined;
  readonly strategy: Strategy;
  /** One outcome an account of the plan, in its order. */
  readonly outcomes: readonly Outcome[];
  /** What went wrong before any balance was asked for, for the log. */
  readonly failure: RpcError | undefined;
}

/**
 * Reads all balances of a network once.
 *
 * @param network which one
 * @param limits see {@linkcode Limits}
 * @returns what was read; a node's fault is told in it and never thrown
 */
export async function sweep(network: Network, limits: Limits): Promise<Sweep> {
  const { plan: { accounts }, endpoint } = network;
  if (endpoint === undefined || accounts.length === 0) {
    return {
      head: undefined,
      strategy: "batch",
      outcomes: [],
      failure: undefined,
    };
  }
  let head: Head | undefined;
  let failure: RpcError | undefined;
  try {
    grow(endpoint);
    head = await readHead(endpoint, limits);
    checkChain(network, endpoint, head);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    failure = error;
  }
  if (head === undefined || failure !== undefined) {
    const reason = failure?.reason ?? "missing";
    return {
      head: undefined,
      strategy: strategyOf(endpoint),
      outcomes: accounts.map(() => reason),
      failure,
    };
  }
  const outcomes = await readBalances(endpoint, accounts, head, limits);
  return { head, strategy: strategyOf(endpoint), outcomes, failure: undefined };
}

function checkChain(network: Network, endpoint: Endpoint, head: Head): void {
  network.chainId ??= head.chainId;
  if (head.chainId === network.chainId) return;
  endpoint.meter.fault("wrong_chain");
  throw new RpcError(
    "wrong_chain",
    `the node is on chain ${head.chainId}, it was ${network.chainId}`,
  );
}

function strategyOf({ batchLimit }: Endpoint): Strategy {
  return batchLimit.size >= 2 ? "batch" : "single";
}
