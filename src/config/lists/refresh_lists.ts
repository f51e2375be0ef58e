import type { Clock } from "../../util/clock.ts";
import type { RemoteList } from "../model/config.ts";
import type { ListStore } from "./list_store.ts";

export interface RefreshListsOptions {
  readonly clock: Clock;
  readonly store: ListStore;
  /** The lists in use; called for every check. */
  readonly lists: () => readonly RemoteList[];
  /** Called after any of them was fetched. */
  readonly onRefresh: () => void;
  /** Called after any of them changed. */
  readonly onChange: () => Promise<void>;
  readonly stop: AbortSignal;
}

/** Time between two checks for due lists, in milliseconds: each wakes an otherwise idle process. */
const MIN_PAUSE = 1000;
const MAX_PAUSE = 10_000;

/** Fetches each list at its own interval, until stopped. */
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
