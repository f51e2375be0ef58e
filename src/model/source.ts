import type { Account } from "../assets/asset.ts";
import type { Deadline } from "../http/deadline.ts";
import type { Meter } from "../jsonrpc/endpoint.ts";
import type { Reason, RpcError } from "../jsonrpc/errors.ts";
import type { NetworkPlan } from "../plan/plan.ts";
import type { Clock } from "../util/clock.ts";
import type { Block } from "./block.ts";

/** What the accounts of a network are read from. The poller knows nothing else of it. */
export interface Source extends Disposable {
  /** Reads accounts once. Never throws: failures are in the result. */
  poll(accounts: readonly Account[], limits: Limits): Promise<PollResult>;
  /** Whether an account costs no call of its own, so that it may be read more often than at its pace. @default never */
  isFree?(account: Account): boolean;
  /** Probes endpoints that were not read from, so that the next poll knows which to prefer; after a poll. */
  probeStandbys?(limits: Limits): Promise<void>;
  /** Reads accounts as of past times, where that is cheap; after a poll. Never throws. */
  readPast?(request: PastRequest): Promise<PastResult>;
  /** One an endpoint of the plan, in its order. */
  readonly endpoints: readonly EndpointStatus[];
  /** How long a poll takes at least, at the pace of its endpoints. @default {0} */
  readonly minPollSeconds?: number;
}

/** Which past to read. */
export interface PastRequest {
  readonly accounts: readonly Account[];
  /** In seconds before now, ascending. */
  readonly ages: readonly number[];
  readonly limits: Limits;
  /** Called from the newest to the oldest. */
  readonly onPast: (past: Past) => void;
}

/** Balances as of a past time: not of accounts that could not be read. */
export interface Past {
  /** In seconds before now: near one of those asked for. */
  readonly age: number;
  readonly amounts: Iterable<readonly [Account, bigint]>;
}

/** How reading the past ended. */
export interface PastResult {
  readonly endpoint?: string | undefined;
  /**
   * Why not all of it was read: `state_unavailable` if nobody has older balances, with `unsupported` if the past cannot
   * be read at all.
   */
  readonly failure?: RpcError | undefined;
}

/** A kind of source, see `sources.ts`. */
export interface SourceType {
  /** Whether it reads a network. */
  reads(plan: NetworkPlan): boolean;
  open(plan: NetworkPlan, options: SourceOptions): Source;
}

/** What a source needs besides the plan. */
export interface SourceOptions {
  readonly clock: Clock;
  /** From one poll to the next, in milliseconds. */
  readonly interval: number;
  /** Where the requests of an endpoint are counted. */
  readonly meterOf: (endpoint: string) => Meter;
  /** The source of the network's old plan: what it learned of endpoints that stay is kept, and they stay open. */
  readonly before?: Source | undefined;
}

/** How long a poll and one request in it may take. */
export interface Limits {
  readonly clock: Clock;
  /** For one request, in milliseconds. */
  readonly timeout: number;
  /** For the whole poll. */
  readonly deadline: Deadline;
  /** Whether to wait for an endpoint that asked for a pause. @default {true} */
  readonly patient?: boolean;
}

/** One poll of one network. */
export interface PollResult {
  /** The chain of the balances; none when none were read. */
  readonly chainId?: number | undefined;
  /** The oldest block that balances were read at; none when none were, or when it is not known. */
  readonly block?: Block | undefined;
  /** One an account that exists on the chain. */
  readonly outcomes: Outcomes;
  /** Of the network's tokens, by the ids of their assets; without those that are not known yet. */
  readonly decimals: ReadonlyMap<string, number>;
  /** Tokens whose decimals turned out not to be those of the configuration: nothing of them is shown any more. */
  readonly mismatched: ReadonlySet<string>;
  /** The symbols of tokens of which balances were not read. */
  readonly failedTokens?: readonly string[];
  /** Whether any balance is only as fresh as its block. */
  readonly late?: Late | undefined;
  /** Which endpoint was read from last. */
  readonly endpoint?: string | undefined;
  readonly endpoints: readonly EndpointStatus[];
  /** How many accounts endpoints returned different balances for, at one block. */
  readonly disagreements: number;
  /** Why some balances were not read, in a node's own words; none when all or none were. */
  readonly detail?: string | undefined;
  /** What went wrong, for the log; none when balances were read. */
  readonly failure?: RpcError | undefined;
}

/** What a poll gave, by account: a map, or anything that reads like one. */
export interface Outcomes extends Iterable<readonly [Account, Outcome]> {
  readonly size: number;
  get(account: Account): Outcome | undefined;
  values(): Iterable<Outcome>;
  forEach(visit: (outcome: Outcome, account: Account) => void): void;
}

/** What a poll gave for an account: its balance, or why there is none. */
export type Outcome = Balance | Reason;

/** A balance and the block it belongs to. */
export interface Balance {
  /** In the smallest unit. */
  readonly amount: bigint;
  /** None where balances are only had without a block number, and the head moved meanwhile. */
  readonly block: Block | undefined;
  /** Set when the balance is only as fresh as its block, and why. */
  readonly late?: Late | undefined;
}

/** The endpoint lags and there is no better one, or the whole chain makes no blocks. */
export type Late = "lagging" | "halted";

/** An endpoint after a poll. */
export interface EndpointStatus {
  readonly name: string;
  /** None while nothing was asked of it. */
  readonly state: EndpointState | undefined;
  readonly strategy: Strategy | undefined;
  /** How much goes into one request at most, as learned. */
  readonly size: number;
  /** Why it was last not read; none after a successful read. */
  readonly failure?: RpcError | undefined;
}

/** The values of the `state` label. */
export const ENDPOINT_STATES = [
  "ok",
  "throttled",
  "lagging",
  "halted",
  "wrong_chain",
  "unauthorized",
  "exhausted",
  "unreachable",
  "unsupported",
] as const;

/** One of {@linkcode ENDPOINT_STATES}. */
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** The values of the `strategy` label; `packed` is `eth_call` with a state override. */
export const STRATEGIES = ["packed", "multicall", "batch", "single", "latest"] as const;

/** One of {@linkcode STRATEGIES}. */
export type Strategy = (typeof STRATEGIES)[number];
