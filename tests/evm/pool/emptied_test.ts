import assert from "node:assert/strict";
import { findEmptied, noteFunded } from "../../../src/evm/pool/emptied.ts";
import type { Piece } from "../../../src/evm/strategies/read_chunks.ts";
import type { Wei } from "../../../src/evm/strategies/outcome.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const COINS = accountsOf(4);
const TOKENS = COINS.map((holder) => `0x${"f".repeat(40)}/${holder}`);
const URL = "http://127.0.0.1:9001/";

/**
 * Finds the suspicious pieces of a reading of four coins and four tokens.
 *
 * @param funded which of them had something
 * @param pieces outcomes of each piece, which follow each other
 * @param places of the accounts that were asked for, all by default
 * @returns which of the pieces
 */
function emptiedAmong(
  funded: readonly number[],
  pieces: readonly (readonly Wei[])[],
  places?: readonly number[],
): readonly number[] {
  using pool = openPool([URL], { accounts: [...COINS, ...TOKENS] });
  pool.network.funded.set(funded);
  let start = 0;
  const read = pieces.map((outcomes): Piece => {
    const piece = { start, head: undefined, outcomes };
    start += outcomes.length;
    return piece;
  });
  const asked = places ?? [...COINS, ...TOKENS].keys().toArray();
  return findEmptied(pool.network, asked, read).map((piece) => read.indexOf(piece));
}

Deno.test("findEmptied() suspects an answer in which two wallets or more that had coins all have 0", () => {
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n, 0n, 0n]]), [0]);
  assert.deepEqual(emptiedAmong([1, 0, 0, 0], [[0n, 0n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 1, 0], [[0n, 1n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n, 5n, 5n]]), [0]);
  assert.deepEqual(emptiedAmong([0, 0, 0, 0], [[0n, 0n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, "rpc_error", 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 1, 0], [[0n, "rpc_error", 0n, 0n]]), [0]);
});

Deno.test("findEmptied() counts coins and tokens each for themselves", () => {
  assert.deepEqual(emptiedAmong([1, 0, 0, 0, 1, 0, 0, 0], [[0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0, 1, 0, 0, 0], [[0n, 0n, 0n, 0n, 9n, 0n, 0n, 0n]]), [0]);
  assert.deepEqual(emptiedAmong([1, 0, 0, 0, 1, 1, 0, 0], [[9n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]]), [0]);
  // The last coin and the first token.
  assert.deepEqual(emptiedAmong([0, 0, 1, 1, 1, 0, 0, 0], [[0n, 0n, 0n, 0n, 9n, 0n, 0n, 0n]]), [0]);
  assert.deepEqual(emptiedAmong([0, 0, 0, 1, 1, 1, 0, 0], [[0n, 0n, 0n, 9n, 0n, 0n, 0n, 0n]]), [0]);
});

Deno.test("findEmptied() looks at each answer, and at all of them together", () => {
  assert.deepEqual(emptiedAmong([1, 1, 1, 1], [[0n, 0n], [5n, 5n]]), [0]);
  assert.deepEqual(emptiedAmong([1, 1, 1, 1], [[5n, 5n], [0n, 0n]]), [1]);
  assert.deepEqual(emptiedAmong([1, 0, 1, 0], [[0n, 0n], [0n, 0n]]), [0, 1]);
  assert.deepEqual(emptiedAmong([1, 0, 1, 0], [[0n, 0n], [5n, 0n]]), []);
  assert.deepEqual(emptiedAmong([0, 0, 0, 0, 1, 0, 1, 0], [[0n, 0n, 0n, 0n], [0n, 0n], [0n, 0n]]), [1, 2]);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n], [0n, 0n]]), [0]);
});

Deno.test("findEmptied() knows accounts by their places in the plan", () => {
  assert.deepEqual(emptiedAmong([0, 1, 0, 1], [[0n, 0n]], [1, 3]), [0]);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n]], [1, 3]), []);
  assert.deepEqual(emptiedAmong([0, 1, 0, 1], [[0n, 0n, 0n]], [1]), []);
});

Deno.test("noteFunded() notes who has something, and leaves alone what was not read", () => {
  using pool = openPool([URL], { accounts: COINS });
  const { network } = pool;
  noteFunded(network, [{ wei: 1n, block: undefined }, { wei: 0n, block: undefined }, "lagging", "lagging"]);
  assert.deepEqual([...network.funded], [1, 0, 0, 0]);
  noteFunded(network, ["lagging", { wei: 1n, block: undefined }, "lagging", { wei: 7n, block: undefined }]);
  assert.deepEqual([...network.funded], [1, 1, 0, 1]);
  noteFunded(network, [{ wei: 0n, block: undefined }]);
  assert.deepEqual([...network.funded], [0, 1, 0, 1]);
});
