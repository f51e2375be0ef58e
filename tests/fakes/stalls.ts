/** Requests that a fake server holds, and will never answer completely. */
const held = new Set<Disposable>();
const watchers = new Set<() => void>();

/**
 * Reports that the answer to a request will never be complete, so that a clock
 * may jump to the request's deadline instead of waiting for it.
 *
 * @returns dispose it when the client has gone
 */
export function stall(): Disposable {
  const one: Disposable = { [Symbol.dispose]: () => void held.delete(one) };
  held.add(one);
  for (const watcher of watchers) watcher();
  return one;
}

/** How many requests are held now. */
export function stalls(): number {
  return held.size;
}

/** Forgets the requests that are held now: their deadlines have passed, and their clients go. */
export function endStalls(): void {
  held.clear();
}

/**
 * Calls back whenever a request begins to be held.
 *
 * @returns dispose it to end that
 */
export function onStall(watcher: () => void): Disposable {
  watchers.add(watcher);
  return { [Symbol.dispose]: () => void watchers.delete(watcher) };
}
