import assert from "node:assert/strict";
import { findWords, readWordList, wordsToAvoid } from "../../tools/words.ts";

const LIST = readWordList(
  "# one name\nrungs? -> strategy\nso many -> this many\n\nallow: rungs of a ladder # a real one\n",
);

function wordsIn(text: string, isCode = false): readonly string[] {
  return findWords(text, LIST, isCode).map(({ line, word }) => `${line} ${word}`);
}

Deno.test("the word list finds whole words in any case, with their line", () => {
  assert.deepEqual(wordsIn("A wrung towel\n\nRungs, and a rung.\n"), ["3 Rungs", "3 rung"]);
  assert.deepEqual(wordsIn("rung-like, wallet_rung, x-rungs"), []);
});

Deno.test("the word list finds a phrase across lines of prose and of a comment", () => {
  assert.deepEqual(wordsIn("read so\nmany"), ["1 so many"]);
  assert.deepEqual(wordsIn(" * read so\n * many", true), ["1 so * many"]);
});

Deno.test("the word list finds parts of names in code alone", () => {
  assert.deepEqual(wordsIn("const MAX_RUNGS = 1;", true), ["1 RUNGS"]);
  assert.deepEqual(wordsIn("const rungCount = topRung;", true), ["1 rung", "1 Rung"]);
  assert.deepEqual(wordsIn("rungCount"), []);
});

Deno.test("the word list allows a word within an allowed phrase", () => {
  assert.deepEqual(wordsIn("the rungs of a ladder, a rung"), ["1 rung"]);
});

Deno.test("the word list finds constants named by a superlative or by A for per", () => {
  const found = findWords("const MOST_WALLETS = 1, GAS_A_VIEW = 2, MAX_GAS_PER_VIEW = 3;", LIST, true);
  assert.deepEqual(found.map(({ word }) => word), ["MOST_WALLETS", "GAS_A_VIEW"]);
});

Deno.test("the word list refuses a word without a better one", () => {
  assert.throws(() => readWordList("rung\n"), /No better word: rung/);
});

Deno.test("docs, chart, help, messages and code contain no words to avoid", async () => {
  const found = await wordsToAvoid(new URL("../../", import.meta.url));
  const text = found.join("\n");
  assert.equal(text, "", `Words to avoid:\n${text}`);
});
