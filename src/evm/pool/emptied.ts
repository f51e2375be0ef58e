import type { Network } from "./open_network.ts";
import type { Outcome } from "../strategies/outcome.ts";
import type { Piece } from "../strategies/read_chunks.ts";
import { coinsIn } from "../strategies/view_call.ts";

/** So many that had something are not emptied by chance in one answer. */
const MIN_EMPTIED = 2;

/** How many accounts had something, and how many of them still have. */
interface Count {
  had: number;
  left: number;
}

/**
 * Notes which accounts have something, for the next poll.
 *
 * @param network whose
 * @param outcomes of the plan's accounts
 */
export function noteFunded({ funded }: Network, outcomes: readonly Outcome[]): void {
  for (const [place, outcome] of outcomes.entries()) {
    if (typeof outcome === "object") funded[place] = outcome.wei > 0n ? 1 : 0;
  }
}

/**
 * Finds answers in which two or more accounts that had something all have 0, as nodes answer that are behind with
 * execution: for coins and for tokens, in one answer or in all of a reading together.
 *
 * @param network whose accounts
 * @param places of the accounts that were asked for, among those of the plan
 * @param pieces what was read
 * @returns the suspicious pieces; none is the rule
 */
export function findEmptied(
  { funded, plan }: Network,
  places: readonly number[],
  pieces: readonly Piece[],
): readonly Piece[] {
  const coins = coinsIn(plan.accounts);
  const all: Record<"coins" | "tokens", Count> = { coins: { had: 0, left: 0 }, tokens: { had: 0, left: 0 } };
  const counted = pieces.map((piece) => {
    const { start, outcomes } = piece;
    const own: typeof all = { coins: { had: 0, left: 0 }, tokens: { had: 0, left: 0 } };
    for (const [index, wei] of outcomes.entries()) {
      const place = places[start + index] ?? NaN;
      if (funded[place] !== 1 || typeof wei !== "bigint") continue;
      const kind = place < coins ? "coins" : "tokens";
      for (const count of [own[kind], all[kind]]) {
        count.had++;
        if (wei > 0n) count.left++;
      }
    }
    return { piece, own };
  });
  const isEmptied = ({ had, left }: Count): boolean => had >= MIN_EMPTIED && left === 0;
  const isSuspicious = ({ own }: (typeof counted)[number]): boolean =>
    (["coins", "tokens"] as const).some((kind) => own[kind].had > 0 && (isEmptied(own[kind]) || isEmptied(all[kind])));
  return counted.filter(isSuspicious).map(({ piece }) => piece);
}
