import type { Wei } from "../../src/evm/strategies/outcome.ts";
import { endpointState } from "../../src/evm/pool/endpoint_state.ts";
import type { Sweep } from "../../src/evm/pool/sweep.ts";
import type { Clock } from "../../src/util/clock.ts";
import { readV1 } from "../../src/config/v1/read_v1.ts";
import type { Identity } from "../../src/metrics/model/snapshot.ts";
import { createSelfMetrics, type SelfMetrics } from "../../src/metrics/families/self_metrics.ts";
import { createSnapshotter, type Snapshot } from "../../src/metrics/model/snapshot.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { type Book, createBook, type NetworkState } from "../../src/poller/book.ts";
import { recordSweep } from "../../src/poller/record_sweep.ts";

/** A wallet as format 1 writes it. */
export interface Entry {
  readonly address: string;
  readonly label: unknown;
  readonly min_balance_eth?: unknown;
}

/** A configuration as format 1 writes it: wallets by URL. */
export type Entries = Readonly<Record<string, readonly Entry[]>>;

/** The labels that every series of the tests carries. */
export const IDENTITY: Identity = { release: "rel", namespace: "ns" };

/** One coin, in wei. */
export const COIN = 10n ** 18n;

/** A small address, checksummed as it is: digits only. */
export function addressOf(index: number): string {
  return `0x${String(index).padStart(40, "0")}`;
}

/** The plan of a configuration of format 1. */
export function planOf(entries: Entries): Plan {
  return makePlan(readV1(JSON.stringify(entries), "test"));
}

/** All that a page is made of. */
export interface Watched {
  readonly book: Book;
  readonly self: SelfMetrics;
  readonly snapshot: () => Snapshot;
  /** Writes down a cycle of a network; a second number is the block's. */
  record(network: number, outcomes: readonly Wei[], block?: bigint): void;
}

/** What {@linkcode watched} takes. */
export interface WatchedOptions {
  readonly clock: Clock;
  /** In milliseconds. @default {0} */
  readonly staleAfter?: number;
}

/**
 * Makes a book of a configuration, with everything around it that pages need.
 *
 * @param entries the configuration
 * @param options see {@linkcode WatchedOptions}
 */
export function watched(entries: Entries, { clock, staleAfter = 0 }: WatchedOptions): Watched {
  const book = createBook(planOf(entries), clock);
  const self = createSelfMetrics({ interval: 300, rejectedEntries: 0, configLoadedAt: clock.epoch() });
  return {
    book,
    self,
    snapshot: createSnapshotter({ book, clock, identity: IDENTITY, status: self.status, staleAfter: () => staleAfter }),
    record(network, outcomes, block = 100n) {
      recordSweep(book, networkAt(book, network), sweepOf(outcomes, block), clock, clock.now());
    },
  };
}

/** A network of a book, which must be there. */
export function networkAt(book: Book, index: number): NetworkState {
  const network = book.networks[index];
  if (network === undefined) throw new RangeError(`The book has no network ${index}`);
  return network;
}

/**
 * Makes a sweep.
 *
 * @param outcomes one an account
 * @param block its number; its time is a second a block
 * @param failure what went wrong before any balance was asked for; there is no head then
 */
export function sweepOf(outcomes: readonly Wei[], block = 100n, failure?: RpcError): Sweep {
  const own = { number: block, time: 1_600_000_000 + Number(block) };
  const isRead = failure === undefined && outcomes.some((outcome) => typeof outcome === "bigint");
  const reason = outcomes.find((outcome) => typeof outcome === "string");
  const state = isRead || reason === undefined ? "ok" : endpointState(failure ?? new RpcError(reason, ""));
  return {
    chainId: isRead ? 1 : undefined,
    block: isRead ? own : undefined,
    skipped: 0,
    outcomes: outcomes.map((wei) => typeof wei === "string" ? wei : { wei, block: own }),
    decimals: new Map(),
    refuted: new Set(),
    late: undefined,
    endpoint: isRead ? "node.example" : undefined,
    endpoints: [{ name: "node.example", state, strategy: "batch", size: 100 }],
    disagreements: 0,
    failure,
  };
}
