import type { Clock } from "../../util/clock.ts";
import type { RemoteList } from "../model/config.ts";
import type { SecretProblem } from "../secrets/expand_secrets.ts";
import type { ListSource, SchemaPart } from "../model/load_context.ts";
import { ListError } from "./list_entries.ts";
import { log } from "../../util/log.ts";
import { MEMORY_ADVICE, type MemoryBudget, type MemoryCost } from "../model/memory_budget.ts";
import { costOfList } from "../model/memory_cost.ts";
import { SHRINK_ADVICE, shrinkOf } from "../model/shrink.ts";
import { fetchList } from "./fetch_list.ts";

/** Asks for lists of wallets and keeps the last good one of each, so that a server's outage takes no wallet away. */
export interface ListStore extends ListSource {
  /**
   * Asks for a list again; where that is under way already, its answer counts.
   *
   * @returns whether it is another one than before
   */
  refresh(list: RemoteList): Promise<boolean>;
  /** Asks for a list again, and for one that is as of now: what is under way is waited for first. */
  refreshAnew(list: RemoteList): Promise<boolean>;
  /** @returns how a list fares */
  stateOf(list: RemoteList): ListState;
  /** Forgets all but these. */
  retain(lists: readonly RemoteList[]): void;
}

/** How a list fares. */
export interface ListState {
  /** Whether it could be had the last time it was asked for. */
  readonly successful: boolean;
  /** When it last could, in seconds since the Unix epoch. */
  readonly goodAt: number | undefined;
  /** When it was last asked for, in milliseconds on the clock. */
  readonly askedAt: number;
}

/** What is known of a list. */
interface Kept extends ListState {
  /** In UTF-8: texts would fill the heap. */
  readonly body: Uint8Array | undefined;
  readonly wallets: number;
  readonly tag: string | undefined;
  readonly why: string;
  /** Where, and with what headers, it was last asked for. */
  readonly of: string;
  /** What the list of these wallets is called: another key is no other list, another host is. */
  readonly name: string;
}

const NEVER: Kept = {
  body: undefined,
  wallets: 0,
  tag: undefined,
  successful: false,
  goodAt: undefined,
  askedAt: -Infinity,
  why: "",
  of: "",
  name: "",
};

/** What is asked of a server that tells why. */
const ADVICE = "Its wallets are not watched until it is fetched; it is retried";

/** What {@linkcode createListStore} takes besides. */
export interface ListStoreOptions {
  /** Ends what is under way: the program is about to end. */
  readonly stop?: AbortSignal | undefined;
  /** Whether a list may lose more than half of its wallets at once. @default {false} */
  readonly allowShrink?: boolean | undefined;
  /** Makes the budget that a list must fit in beside what is in use. @default every list fits */
  readonly budget?: (() => MemoryBudget) | undefined;
  /** Keys that wallets may have besides. @default none */
  readonly parts?: readonly SchemaPart[] | undefined;
}

/**
 * Makes an empty store.
 *
 * @param clock the present
 * @param userAgent the `User-Agent` header
 * @param options see {@linkcode ListStoreOptions}
 */
export function createListStore(clock: Clock, userAgent: string, options: ListStoreOptions = {}): ListStore {
  const { stop, allowShrink = false, budget, parts } = options;
  const known = new Map<string, Kept>();
  /** One question at a time: an older answer must not overtake a newer one. */
  const asking = new Map<string, Promise<boolean>>();
  const keptOf = (list: RemoteList): Kept => known.get(placeOf(list)) ?? NEVER;

  async function ask(list: RemoteList): Promise<Kept> {
    const before = keptOf(list);
    const of = addressOf(list);
    const now = { askedAt: clock.now(), of };
    // Another address, or other credentials, may give another list under the same tag.
    const fetched = await fetchList(list, before.of === of ? before.tag : undefined, clock, userAgent, stop);
    if (fetched === "same" || "body" in fetched && areEqual(fetched.body, before.body)) {
      return { ...before, ...now, successful: true, goodAt: clock.epoch(), why: "" };
    }
    if ("why" in fetched) return { ...before, ...now, successful: false, why: fetched.why };
    try {
      // The parsers of lists are loaded by those only who have one.
      const { countWallets } = await import("./read_wallet_list.ts");
      const excess = budget?.().claim(costOfBody(list, fetched.body));
      if (excess !== undefined) {
        const why = `it does not fit in memory: ${excess}. ${MEMORY_ADVICE}`;
        return { ...before, ...now, successful: false, why };
      }
      const wallets = await countWallets(list, fetched.body, parts);
      const { name } = list.url;
      const shrunk = allowShrink || name !== before.name ? undefined : shrinkOf(before.wallets, wallets);
      if (shrunk !== undefined) return { ...before, ...now, successful: false, why: `${shrunk}. ${SHRINK_ADVICE}` };
      return { ...now, ...fetched, name, wallets, successful: true, goodAt: clock.epoch(), why: "" };
    } catch (error) {
      // What is not taken over is asked for anew, whatever its tag.
      const why = error instanceof ListError ? error.message : "it is invalid";
      return { ...before, ...now, successful: false, why };
    }
  }

  /** Of each place, which question is the newest: another URL may have come to stand there meanwhile. */
  const newest = new Map<string, number>();
  let questions = 0;

  async function askAndTell(list: RemoteList): Promise<boolean> {
    const own = ++questions;
    newest.set(placeOf(list), own);
    const before = keptOf(list);
    const kept = await ask(list);
    if (newest.get(placeOf(list)) !== own) return false;
    known.set(placeOf(list), kept);
    if (!kept.successful && stop?.aborted !== true && (before.successful || before === NEVER)) {
      const advice = kept.body === undefined ? ADVICE : "The last good list stays in use";
      log.error("Wallet list fetch failed", {
        network: list.network,
        list: list.url.name,
        why: kept.why,
        advice,
      });
    }
    if (kept.successful && !before.successful) {
      log.info("Wallet list fetched", { network: list.network, list: list.url.name, wallets: kept.wallets });
    }
    return kept.body !== before.body;
  }

  function refresh(list: RemoteList): Promise<boolean> {
    const key = `${placeOf(list)} ${addressOf(list)}`;
    const underWay = asking.get(key);
    if (underWay !== undefined) return underWay;
    const answer = askAndTell(list).finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  }

  async function refreshAnew(list: RemoteList): Promise<boolean> {
    const underWay = asking.get(`${placeOf(list)} ${addressOf(list)}`);
    const isOther = await underWay ?? false;
    return await refresh(list) || isOther;
  }

  return {
    refresh,
    refreshAnew,
    stateOf: keptOf,
    async fetch(list): Promise<void> {
      if (keptOf(list).of !== addressOf(list)) await refresh(list);
    },
    async textOf(list): Promise<string | SecretProblem> {
      if (keptOf(list).of !== addressOf(list)) await refresh(list);
      const { body, why } = keptOf(list);
      return body === undefined ? { message: why, advice: ADVICE } : new TextDecoder().decode(body);
    },
    retain(lists): void {
      const keys = new Set(lists.map(placeOf));
      for (const key of known.keys()) {
        if (keys.has(key)) continue;
        known.delete(key);
        newest.delete(key);
      }
    },
  };
}

function costOfBody({ shard }: RemoteList, body: Uint8Array): MemoryCost {
  return costOfList(new TextDecoder().decode(body), shard?.of, true);
}

function areEqual(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.length === other?.length && one.every((byte, index) => byte === other[index]);
}

/** By its place in the configuration: a key that is changed must not lose the wallets. */
function placeOf({ network, index }: RemoteList): string {
  return JSON.stringify([network, index]);
}

function addressOf({ url }: RemoteList): string {
  return JSON.stringify(url.reveal());
}
