import type { Clock } from "../clock.ts";
import type { RemoteList } from "../config/config.ts";
import type { ListStore } from "./list_store.ts";

/** What {@linkcode keepLists} takes. */
export interface KeepListsOptions {
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

/** How often it is looked which lists are due, in milliseconds. */
const PAUSE = 1000;

/**
 * Asks for lists of wallets again and again, each at its own pace, until stopped.
 *
 * @param options see {@linkcode KeepListsOptions}
 */
export async function keepLists({ clock, store, lists, onRefresh, onChange, stop }: KeepListsOptions): Promise<void> {
  for (;;) {
    await clock.sleep(PAUSE, stop);
    if (stop.aborted) return;
    const due = lists().filter((list) => clock.now() - store.stateOf(list).askedAt >= list.refresh);
    if (due.length === 0) continue;
    const changed = await Promise.all(due.map((list) => store.refresh(list)));
    if (stop.aborted) return;
    onRefresh();
    if (changed.includes(true)) await onChange();
  }
}
