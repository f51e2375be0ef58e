import type { Clock } from "../../util/clock.ts";
import type { RemoteList } from "../model/config.ts";
import type { Explanation } from "../secrets/expand_secrets.ts";
import type { ListSource } from "../model/load_context.ts";
import { ListError } from "./list_entries.ts";
import { log } from "../../util/log.ts";
import { MEMORY_ADVICE, type MemoryBudget } from "../model/memory_budget.ts";
import { costOfList } from "../model/memory_cost.ts";
import { SHRINK_ADVICE, shrinkOf } from "../model/shrink.ts";
import { fetchList } from "./fetch_list.ts";

/** Fetches lists of wallets and keeps the last good one of each, so that an outage of a server removes no wallet. */
export interface ListStore extends ListSource {
  /**
   * Fetches a list again, or joins a fetch that is in progress.
   *
   * @returns whether the list changed
   */
  refresh(list: RemoteList): Promise<boolean>;
  /** Waits for a fetch in progress, then fetches the list again. */
  refetch(list: RemoteList): Promise<boolean>;
  /** @returns the state of the last fetch */
  stateOf(list: RemoteList): ListState;
  /** Forgets all but these. */
  retain(lists: readonly RemoteList[]): void;
}

/** The state of a list. */
export interface ListState {
  /** Whether the last fetch succeeded. */
  readonly successful: boolean;
  /** When a fetch last succeeded, in seconds since the Unix epoch. */
  readonly goodAt: number | undefined;
  /** When it was last fetched, in milliseconds on the clock. */
  readonly askedAt: number;
}

/** A list with its state. */
interface Kept extends ListState {
  /** In UTF-8: texts would fill the heap. */
  readonly body?: Uint8Array;
  /** @default {0} */
  readonly wallets?: number;
  readonly tag?: string | undefined;
  /** Why the last fetch failed. */
  readonly why?: string;
  /** The URL and headers of the last fetch. */
  readonly of?: string;
  /** The name of the list with these wallets: another key is the same list, another host is not. */
  readonly name?: string;
}

const NEVER: Kept = { successful: false, goodAt: undefined, askedAt: -Infinity };

const ADVICE = "Its wallets are not monitored until a fetch succeeds; it is retried";

export interface ListStoreOptions {
  /** Aborts fetches at shutdown. */
  readonly stop?: AbortSignal | undefined;
  /** Whether a list may lose more than half of its wallets at once. @default {false} */
  readonly allowShrink?: boolean | undefined;
  /** Makes the memory budget for a new list beside the one in use. @default unlimited */
  readonly budget?: (() => MemoryBudget) | undefined;
}

/** Makes an empty store. */
export function createListStore(clock: Clock, options: ListStoreOptions = {}): ListStore {
  const { stop, allowShrink = false, budget } = options;
  const known = new Map<string, Kept>();
  /** The newest fetch of each place that is under way. */
  const asking = new Map<string, { readonly of: string; readonly answer: Promise<boolean> }>();
  const keptOf = (list: RemoteList): Kept => known.get(placeOf(list)) ?? NEVER;

  async function ask(list: RemoteList): Promise<Kept> {
    const before = keptOf(list);
    const { name } = list.url;
    const now = { askedAt: clock.now(), of: addressOf(list) };
    const failed = (why: string): Kept => ({ ...before, ...now, successful: false, why });
    // Another URL, or other credentials, may return another list with the same ETag.
    const fetched = await fetchList(list, before.of === now.of ? before.tag : undefined, clock, stop);
    const good = { ...now, successful: true, goodAt: clock.epoch(), why: "" };
    if (fetched === "same" || "body" in fetched && areEqual(fetched.body, before.body)) return { ...before, ...good };
    if ("why" in fetched) return failed(fetched.why);
    try {
      // Loaded only where a list is configured.
      const { countWallets } = await import("./read_wallet_list.ts");
      const text = new TextDecoder().decode(fetched.body);
      const excess = budget?.().claim(costOfList(text, list.shard?.of, true));
      if (excess !== undefined) return failed(`it does not fit in memory: ${excess}. ${MEMORY_ADVICE}`);
      const wallets = await countWallets(list, text);
      const shrunk = allowShrink || name !== before.name ? undefined : shrinkOf(before.wallets ?? 0, wallets);
      if (shrunk !== undefined) return failed(`${shrunk}. ${SHRINK_ADVICE}`);
      return { ...good, ...fetched, name, wallets };
    } catch (error) {
      // A list that is not used is fetched again, whatever its ETag.
      return failed(error instanceof ListError ? error.message : "it is invalid");
    }
  }

  function logChange(list: RemoteList, before: Kept, { successful, body, why, wallets }: Kept): void {
    const fields = { network: list.network, list: list.url.name };
    if (!successful && stop?.aborted !== true && (before.successful || before === NEVER)) {
      const advice = body === undefined ? ADVICE : "The last good list stays in use";
      log.error("Wallet list fetch failed", { ...fields, problem: why, advice });
    }
    if (successful && !before.successful) log.info("Wallet list fetched", { ...fields, wallets });
  }

  function refresh(list: RemoteList): Promise<boolean> {
    const [place, of] = [placeOf(list), addressOf(list)];
    const underWay = asking.get(place);
    if (underWay?.of === of) return underWay.answer;
    const before = keptOf(list);
    const isNewest = (): boolean => asking.get(place)?.answer === answer;
    const answer = ask(list).then((kept) => {
      // The URL may have changed meanwhile: an older response must not replace a newer one.
      if (!isNewest()) return false;
      known.set(place, kept);
      logChange(list, before, kept);
      return kept.body !== before.body;
    }).finally(() => {
      if (isNewest()) asking.delete(place);
    });
    asking.set(place, { of, answer });
    return answer;
  }

  async function refetch(list: RemoteList): Promise<boolean> {
    const underWay = asking.get(placeOf(list));
    const isOther = underWay?.of === addressOf(list) && await underWay.answer;
    return await refresh(list) || isOther;
  }

  async function fetch(list: RemoteList): Promise<void> {
    if (keptOf(list).of !== addressOf(list)) await refresh(list);
  }

  return {
    refresh,
    refetch,
    stateOf: keptOf,
    fetch,
    async textOf(list): Promise<string | Explanation> {
      await fetch(list);
      const { body, why = "" } = keptOf(list);
      return body === undefined ? { message: why, advice: ADVICE } : new TextDecoder().decode(body);
    },
    retain(lists): void {
      const keys = new Set(lists.map(placeOf));
      for (const key of known.keys()) {
        if (keys.has(key)) continue;
        known.delete(key);
        asking.delete(key);
      }
    },
  };
}

function areEqual(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.length === other?.length && one.every((byte, index) => byte === other[index]);
}

/** By its place in the configuration: a changed key must not lose the wallets. */
function placeOf({ network, index }: RemoteList): string {
  return JSON.stringify([network, index]);
}

function addressOf({ url }: RemoteList): string {
  return JSON.stringify(url.reveal());
}
