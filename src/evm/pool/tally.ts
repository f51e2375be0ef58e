import type { Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../strategies/calls.ts";
import type { Late, Outcome } from "../strategies/outcome.ts";
import type { Reading } from "../strategies/read_chunks.ts";
import { coinsIn } from "../strategies/view_call.ts";

/** What a cycle has given so far, account by account. */
export interface Tally {
  readonly outcomes: readonly Outcome[];
  /** The places of those accounts that have no balance yet. */
  readonly todo: readonly number[];
  /** The last error of a reading that left accounts out, for the log. */
  readonly failure: RpcError | undefined;
  /** Addresses of {@linkcode Tally.todo}. */
  addresses(): readonly string[];
  /** How many of these are coins'. */
  coins(): number;
  /**
   * Takes a reading of the accounts that were to do.
   *
   * @param reading of these accounts, in this order
   * @param how where they count as read, each piece's own block if it is not given; and whether they are late
   * @returns how many of them were answered: with a balance, or that a token's contract fails, which nobody else knows better
   */
  add(reading: Reading, how?: { readonly block?: Block; readonly late?: Late | undefined }): number;
  /** Says of all that is to do why there is no balance. */
  blame(reason: Reason): void;
  /** Says so where nothing was said before: by an endpoint that was not even asked for balances. */
  excuse(reason: Reason): void;
}

/**
 * Makes an empty tally.
 *
 * @param accounts those of a network, with `0x`
 * @param skipped how many of the first are not read
 */
export function createTally(accounts: readonly string[], skipped = 0): Tally {
  const addresses = (): readonly string[] =>
    todo.length === accounts.length ? accounts : todo.map((place) => accounts[place] ?? "");
  const outcomes: Outcome[] = new Array(accounts.length).fill("missing");
  let todo: readonly number[] = accounts.map((_, place) => place).slice(skipped);
  let isSaid = false;
  let failure: RpcError | undefined;
  return {
    outcomes,
    get todo(): readonly number[] {
      return todo;
    },
    get failure(): RpcError | undefined {
      return failure;
    },
    addresses,
    coins: () => coinsIn(addresses()),
    add(reading, { block, late } = {}): number {
      const { pieces } = reading;
      failure = reading.failure ?? reading.itemFailure ?? failure;
      const before = todo;
      isSaid = true;
      let answered = 0;
      for (const piece of pieces) {
        const at = block ?? piece.head?.block;
        for (const [index, wei] of piece.outcomes.entries()) {
          const place = before[piece.start + index] ?? 0;
          // Late balances are as old as their block: without one nobody knows how old they are.
          const isRead = typeof wei === "bigint" && (at !== undefined || late === undefined);
          if (isRead || wei === "reverted") answered++;
          outcomes[place] = isRead
            ? late === undefined ? { wei, block: at } : { wei, block: at, late }
            : typeof wei === "string"
            ? wei
            : "lagging";
        }
      }
      if (answered > 0) todo = before.filter((place) => isOpen(outcomes[place]));
      return answered;
    },
    blame(reason): void {
      isSaid = true;
      for (const place of todo) outcomes[place] = reason;
    },
    excuse(reason): void {
      if (!isSaid) this.blame(reason);
    },
  };
}

function isOpen(outcome: Outcome | undefined): boolean {
  return typeof outcome === "string" && outcome !== "reverted";
}
