import type { Clock } from "../../util/clock.ts";
import type { RemoteList } from "../model/config.ts";
import type { ListStore } from "./list_store.ts";

/** What {@linkcode refreshLists} takes. */
export interface RefreshListsOptions {
  readonly clock: Clock;
  readonly store: ListStore;
  /** The lists in use. Asked for each time. */
  readonly lists: () => readonly RemoteList[];
  /** Called when any of them was asked for. */
  readonly onRefresh: () => void;
  /** Called when any of them is another one now. */
  readonly onChange: () => Promise<void>;
  /** Ends the asking. */
  readonly stop: AbortSignal;
}

/** The time between two checks for lists that are due, in milliseconds: each wakes a process that is idle otherwise. */
const MIN_PAUSE = 1000;
const MAX_PAUSE = 10_000;

/**
 * Asks for lists of wallets again and again, each at its own pace, until stopped.
 *
 * @param options see {@linkcode RefreshListsOptions}
 */
export async function refreshLists(
  { clock, store, lists, onRefresh, onChange, stop }: RefreshListsOptions,
): Promise<void> {
  const dueIn = (list: RemoteList): number => store.stateOf(list).askedAt + list.refresh - clock.now();
  for (;;) {
    const next = Math.min(MAX_PAUSE, ...lists().map(dueIn));
    await clock.sleep(Math.max(MIN_PAUSE, next), stop);
    if (stop.aborted) return;
    const due = lists().filter((list) => dueIn(list) <= 0);
    if (due.length === 0) continue;
    const changed = await Promise.all(due.map((list) => store.refresh(list)));
    if (stop.aborted) return;
    onRefresh();
    if (changed.includes(true)) await onChange();
  }
}
