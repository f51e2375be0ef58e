import type { HolderWord, ValueProgram } from "../../assets/asset.ts";
import { type Clock, createTurns } from "../../util/clock.ts";

/** Words that are converted at once: a nonce may take hundreds of hashes, and scrapes wait meanwhile. */
const WORDS_AT_ONCE = 50;

/** Unexplained words after which the others are not tried, if they are most. */
const MAX_UNEXPLAINED = 100;

/**
 * Converts the words of a program to values.
 *
 * @returns those of the first words: where known values explain few of them, the program is not right
 */
export async function explainWords(
  { valuesOf, needsPrevious }: ValueProgram,
  answers: readonly HolderWord[],
  clock: Clock,
): Promise<readonly (bigint | undefined)[]> {
  const values: (bigint | undefined)[] = [];
  let unexplained = 0;
  const turns = createTurns(clock);
  for (let from = 0; from < answers.length; from += WORDS_AT_ONCE) {
    for (const value of valuesOf(answers.slice(from, from + WORDS_AT_ONCE))) {
      values.push(value);
      if (value === undefined) unexplained++;
    }
    if (needsPrevious && unexplained >= MAX_UNEXPLAINED && 2 * unexplained > values.length) break;
    if (turns.isOver) await turns.next();
  }
  return values;
}
