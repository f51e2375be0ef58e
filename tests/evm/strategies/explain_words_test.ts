import assert from "node:assert/strict";
import type { HolderWord, ValueProgram } from "../../../src/assets/asset.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { explainWords } from "../../../src/evm/strategies/explain_words.ts";
import type { Clock } from "../../../src/util/clock.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";

/** Words of which 0 has no value. */
function answersOf(words: readonly number[]): readonly HolderWord[] {
  return words.map((word) => ({ word: BigInt(word), holder: "0x", previous: 1n }));
}

interface Explained {
  readonly values: readonly (bigint | undefined)[];
  /** How many words were converted at once, each time. */
  readonly sizes: readonly number[];
}

async function explain(
  words: readonly number[],
  { needsPrevious = true, clock = createFakeClock() }: { needsPrevious?: boolean; clock?: Clock } = {},
): Promise<Explained> {
  const sizes: number[] = [];
  const program: ValueProgram = {
    ...NONCE_PROGRAM,
    needsPrevious,
    valuesOf(answers) {
      sizes.push(answers.length);
      return answers.map(({ word }) => word === 0n ? undefined : word);
    },
  };
  return { values: await explainWords(program, answersOf(words), clock), sizes };
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);

Deno.test("explainWords converts all words in their order, some at once", async () => {
  assert.deepEqual(await explain([]), { values: [], sizes: [] });
  const { values, sizes } = await explain(range(120));
  assert.deepEqual(values, range(120).map(BigInt));
  assert.deepEqual(sizes, [50, 50, 20]);
});

Deno.test("explainWords gives up once 100 words and most of them have no value", async () => {
  const unexplained = async (words: readonly number[], needsPrevious = true): Promise<number> =>
    (await explain(words, { needsPrevious })).sizes.length;
  assert.equal(await unexplained(zeros(500)), 2);
  assert.equal(await unexplained([...range(1), ...zeros(499)]), 3);
  // Exactly half of them, at first.
  assert.equal(await unexplained([...range(100), ...zeros(400)]), 5);
  assert.equal(await unexplained([...range(300), ...zeros(100)]), 8);
  assert.equal(await unexplained(zeros(500), false), 10, "words without known values say nothing about the program");
});

Deno.test("explainWords lets scrapes run while it takes long", async () => {
  const clock = createFakeClock();
  let isOthersTurn = false;
  const turns: boolean[] = [];
  const timer = setTimeout(() => isOthersTurn = true, 0);
  const slow: ValueProgram = {
    ...NONCE_PROGRAM,
    valuesOf(answers) {
      clock.skip(4);
      turns.push(isOthersTurn);
      return answers.map(() => 1n);
    },
  };
  await explainWords(slow, answersOf(range(150)), clock);
  clearTimeout(timer);
  assert.deepEqual(turns, [false, false, true]);
});
