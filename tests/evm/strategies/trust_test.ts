import assert from "node:assert/strict";
import { createBlockChecks, isIgnored } from "../../../src/evm/strategies/block_checks.ts";
import { areZerosTrusted, type Comparison, disabledUntil, isTrusted } from "../../../src/evm/strategies/trust.ts";

const DAY = 86_400_000;
const AT = 5000;

/** How `packed` last compared on chain 1. */
function compared(isEqual: boolean): ReadonlyMap<string, Comparison> {
  return new Map([["packed", { chainId: 1, at: AT, isEqual }]]);
}

Deno.test("isTrusted() is a strategy that gave the same as plain balances of this chain within a day", () => {
  const same = compared(true);
  for (const chainId of [1, undefined]) {
    assert.equal(isTrusted(same, "packed", chainId, AT), true);
    assert.equal(isTrusted(same, "packed", chainId, AT + DAY - 1), true);
    assert.equal(isTrusted(same, "packed", chainId, AT + DAY), false);
  }
  assert.equal(isTrusted(same, "packed", 2, AT), false);
  assert.equal(isTrusted(same, "multicall", 1, AT), false);
  assert.equal(isTrusted(compared(false), "packed", 1, AT), false);
  assert.equal(isTrusted(new Map(), "packed", undefined, AT), false);
});

Deno.test("isTrusted() holds for every strategy that reads plain balances", () => {
  for (const strategy of ["batch", "latest"]) assert.equal(isTrusted(new Map(), strategy, 1, 0), true);
});

Deno.test("areZerosTrusted() holds within a day of an equal comparison on this chain, be it of zeros, which isTrusted() does not count", () => {
  const ofZeros: ReadonlyMap<string, Comparison> = new Map([
    ["packed", { chainId: 1, at: AT, isEqual: true, ofZeros: true }],
  ]);
  assert.equal(isTrusted(ofZeros, "packed", 1, AT), false);
  for (const comparisons of [ofZeros, compared(true)]) {
    assert.equal(areZerosTrusted(comparisons, "packed", 1, AT), true);
    assert.equal(areZerosTrusted(comparisons, "packed", 1, AT + DAY - 1), true);
    assert.equal(areZerosTrusted(comparisons, "packed", 1, AT + DAY), false);
    assert.equal(areZerosTrusted(comparisons, "packed", 2, AT), false);
    assert.equal(areZerosTrusted(comparisons, "multicall", 1, AT), false);
  }
  assert.equal(areZerosTrusted(compared(false), "packed", 1, AT), false);
});

Deno.test("disabledUntil() is a day after other balances were found, and in the past for any other strategy", () => {
  assert.equal(disabledUntil(compared(false), "packed"), AT + DAY);
  assert.equal(disabledUntil(compared(true), "packed"), -Infinity);
  assert.equal(disabledUntil(compared(false), "multicall"), -Infinity);
});

Deno.test("isIgnored() holds for a day after a node ignored blocks, of native balances and tokens separately", () => {
  const { balance: coins, view: tokens } = createBlockChecks();
  assert.deepEqual([coins.ignored, coins.tries], [undefined, 0]);
  assert.equal(isIgnored(coins, AT), false);
  Object.assign(coins, { ignored: true, at: AT });
  assert.equal(isIgnored(coins, AT + DAY - 1), true);
  assert.equal(isIgnored(coins, AT + DAY), false);
  assert.equal(isIgnored(tokens, AT), false);
  Object.assign(tokens, { ignored: false, at: AT });
  assert.equal(isIgnored(tokens, AT), false);
});
