import assert from "node:assert/strict";
import type { Strategy } from "../../src/model/source.ts";
import type { Clock } from "../../src/util/clock.ts";
import { MULTICALL_ADDRESS } from "./install_multicall.ts";
import type { Watching } from "./rig.ts";

/** Every way to read balances. */
export const WAYS = ["packed", "multicall", "batch", "single"] as const satisfies readonly Strategy[];

/**
 * Has all endpoints read in one way, as if it had been found out to work before.
 *
 * @param watching whose endpoints; `multicall` needs the contract on their node
 * @param way how they are read
 */
export function forceWay(
  { network, clock }: Pick<Watching, "network"> & { readonly clock: Clock },
  way: Strategy,
): void {
  for (const { selector } of network.endpoints) {
    Object.assign(selector, {
      strategy: way === "single" ? "batch" : way,
      proven: true,
      failures: 0,
      upgradeAt: Infinity,
    });
    if (way === "multicall") selector.multicall = MULTICALL_ADDRESS;
    if (way === "single") Object.assign(selector.sizes.batch, { size: 1, proven: 1, refusedAt: clock.now() });
  }
}

/**
 * Takes what is left of the retry budget, so that each request is sent once
 * and what a fault does is seen without a second attempt, and without its wait.
 *
 * @param watching whose budget
 */
export function spendBudget({ network: { budget } }: Watching): void {
  // Tenths, which would add up to a whole request over ten cycles.
  while (budget.take(0.1));
}

/** Has second attempts come at once and not after a random wait, until it is disposed of. */
export function withoutJitter(): Disposable {
  const { random } = Math;
  Math.random = () => 0;
  return { [Symbol.dispose]: () => void (Math.random = random) };
}

/**
 * Asserts that every wallet was read at the newest block.
 *
 * @param watching which wallets
 * @param newest the number of that block
 * @param why what it means when one was not
 */
export function assertFresh({ accounts }: Watching, newest: bigint, why: string): void {
  for (const { reading, failure } of accounts) {
    assert.deepEqual([failure, reading?.block?.number], [undefined, newest], why);
  }
}
