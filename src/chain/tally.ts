import type { Reason } from "../rpc/rpc_error.ts";
import type { Block } from "./strategy/calls.ts";
import type { Outcome } from "./strategy/outcome.ts";
import type { Reading } from "./strategy/read_chunks.ts";

/** What a cycle has given so far, account by account. */
export interface Tally {
  readonly outcomes: readonly Outcome[];
  /** The places of those accounts that have no balance yet. */
  readonly todo: readonly number[];
  /** Addresses of {@linkcode Tally.todo}. */
  addresses(): readonly string[];
  /**
   * Takes a reading of the accounts that were to do.
   *
   * @param reading of these accounts, in this order
   * @param block where they count as read; each piece's own if it is not given
   * @returns how many balances it gave
   */
  add(reading: Reading, block?: Block): number;
  /** Says of all that is to do why there is no balance. */
  blame(reason: Reason): void;
}

/**
 * Makes an empty tally.
 *
 * @param accounts those of a network, with `0x`
 */
export function createTally(accounts: readonly string[]): Tally {
  const outcomes: Outcome[] = new Array(accounts.length).fill("missing");
  let todo: readonly number[] = accounts.map((_, place) => place);
  return {
    outcomes,
    get todo(): readonly number[] {
      return todo;
    },
    addresses: () => todo.length === accounts.length ? accounts : todo.map((place) => accounts[place] ?? ""),
    add({ pieces }, block): number {
      const before = todo;
      let balances = 0;
      for (const piece of pieces) {
        const at = block ?? piece.head?.block;
        for (const [index, wei] of piece.outcomes.entries()) {
          const place = before[piece.start + index] ?? 0;
          const isRead = typeof wei === "bigint" && at !== undefined;
          if (isRead) balances++;
          outcomes[place] = isRead ? { wei, block: at } : typeof wei === "string" ? wei : "missing";
        }
      }
      if (balances > 0) todo = before.filter((place) => typeof outcomes[place] === "string");
      return balances;
    },
    blame(reason): void {
      for (const place of todo) outcomes[place] = reason;
    },
  };
}
