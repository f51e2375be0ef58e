import type { Clock } from "../../util/clock.ts";
import { type KeptList, listName, type MatchedList, type RemoteList } from "../model/config.ts";
import type { Explanation } from "../secrets/expand_secrets.ts";
import type { ListSource } from "../model/load_context.ts";
import { ListError, MAX_LIST_BYTES } from "./list_entries.ts";
import { readText } from "../files/read_text.ts";
import { log } from "../../util/log.ts";
import { MEMORY_ADVICE, type MemoryBudget } from "../model/memory_budget.ts";
import { costOfList } from "../model/memory_cost.ts";
import { SHRINK_ADVICE, shrinkOf } from "../model/shrink.ts";
import { type Fetched, fetchList } from "./fetch_list.ts";

/**
 * Fetches lists of wallets and keeps the last good one of each, so that neither an outage of a server nor a bad file
 * among others removes a wallet.
 */
export interface ListStore extends ListSource {
  /**
   * Fetches a list again, or joins a fetch that is in progress.
   *
   * @returns whether the list changed
   */
  refresh(list: KeptList): Promise<boolean>;
  /** Waits for a fetch in progress, then fetches the list again. */
  refetch(list: RemoteList): Promise<boolean>;
  /** @returns the state of the last fetch */
  stateOf(list: KeptList): ListState;
  /** Forgets all but these. */
  retain(lists: readonly KeptList[]): void;
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
  const keptOf = (list: KeptList): Kept => known.get(placeOf(list)) ?? NEVER;

  async function ask(list: KeptList): Promise<Kept> {
    const before = keptOf(list);
    const name = listName(list);
    const now = { askedAt: clock.now(), of: addressOf(list) };
    const failed = (why: string): Kept => ({ ...before, ...now, successful: false, why });
    const fetched = "url" in list
      // Another URL, or other credentials, may return another list with the same ETag.
      ? await fetchList(list, before.of === now.of ? before.tag : undefined, clock, stop)
      : await readList(list, budget?.());
    const good = { ...now, successful: true, goodAt: clock.epoch(), why: "" };
    if (fetched === "same" || "body" in fetched && areEqual(fetched.body, before.body)) return { ...before, ...good };
    if ("why" in fetched) return failed(fetched.why);
    try {
      // Loaded only where a list is configured.
      const { countWallets, isEmptyList } = await import("./read_wallet_list.ts");
      const text = new TextDecoder().decode(fetched.body);
      const excess = budget?.().claim(costOfList(text, list.shard?.of, true));
      if (excess !== undefined) return failed(`it does not fit in memory: ${excess}. ${MEMORY_ADVICE}`);
      const wallets = "path" in list && isEmptyList(name, text) ? 0 : await countWallets(list, text);
      const shrunk = allowShrink || name !== before.name ? undefined : shrinkOf(before.wallets ?? 0, wallets);
      if (shrunk !== undefined) return failed(`${shrunk}. ${SHRINK_ADVICE}`);
      return { ...good, ...fetched, name, wallets };
    } catch (error) {
      // A list that is not used is fetched again, whatever its ETag.
      return failed(error instanceof ListError ? problemIn(error) : "it is invalid");
    }
  }

  function logChange(list: KeptList, before: Kept, { successful, body, why, wallets }: Kept): void {
    const isRemote = "url" in list;
    const fields = { network: list.network, list: listName(list) };
    if (!successful && stop?.aborted !== true && (before.successful || before === NEVER)) {
      const advice = body === undefined ? adviceFor(list) : "The last good list stays in use";
      log.error(isRemote ? "Wallet list fetch failed" : "Wallet list cannot be read", {
        ...fields,
        problem: why,
        advice,
      });
    }
    // Each of a folder's files would be logged at every start.
    const isNews = isRemote || before !== NEVER;
    if (successful && !before.successful && isNews) {
      log.info(isRemote ? "Wallet list fetched" : "Wallet list read", { ...fields, wallets });
    }
  }

  function refresh(list: KeptList): Promise<boolean> {
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
      if ("url" in list) await fetch(list);
      else await refresh(list);
      const { body, why = "" } = keptOf(list);
      return body === undefined ? { message: why, advice: adviceFor(list) } : new TextDecoder().decode(body);
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

/** Where the mistake is, unless the whole list is one. */
function problemIn({ message, position: { line, column } }: ListError): string {
  return line === 1 && column === 1 ? message : `${message} (line ${line}, column ${column})`;
}

function areEqual(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.length === other?.length && one.every((byte, index) => byte === other[index]);
}

function adviceFor(list: KeptList): string {
  if ("url" in list) return "Its wallets are not monitored until a fetch succeeds; it is retried";
  return list.problem === undefined ? "Its wallets are not monitored until it is corrected" : "Use fewer files";
}

async function readList({ path, problem }: MatchedList, budget?: MemoryBudget): Promise<Fetched> {
  if (problem !== undefined) return { why: problem };
  const text = await readText(path, Math.min(MAX_LIST_BYTES, budget?.maxText() ?? Infinity));
  return typeof text === "string" ? { body: new TextEncoder().encode(text), tag: undefined } : text;
}

/** By its place in the configuration: a changed key must not lose the wallets. */
function placeOf(list: KeptList): string {
  return JSON.stringify([list.network, "url" in list ? list.index : list.path]);
}

function addressOf(list: KeptList): string {
  return JSON.stringify("url" in list ? list.url.reveal() : list.path);
}
