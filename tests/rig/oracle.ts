import assert from "node:assert/strict";
import type { Anvil } from "../../dev/anvil.ts";
import type { AccountState } from "../../src/poller/state.ts";
import { createRandom } from "../fakes/random.ts";

/** Knows the true balance of every wallet at every block. */
export interface Oracle {
  readonly accounts: readonly string[];
  /** Changes every balance and makes a block of it. */
  spend(): Promise<void>;
  /** The newest block, and what every wallet has at it. */
  readonly newest: { readonly number: bigint; readonly balances: readonly bigint[] };
  /**
   * Asserts that whatever is published is true: the balance of that wallet at the published block.
   *
   * @returns how many balances are published
   */
  check(accounts: readonly AccountState[]): number;
}

/**
 * Makes the oracle of a node that nobody else changes.
 *
 * @param anvil the node
 * @param accounts its wallets
 * @param seed of their balances
 */
export function createOracle(anvil: Anvil, accounts: readonly string[], seed = 1): Oracle {
  const random = createRandom(seed);
  const truth = new Map<bigint, readonly bigint[]>();
  let newest = { number: -1n, balances: [] as readonly bigint[] };
  return {
    accounts,
    get newest(): { readonly number: bigint; readonly balances: readonly bigint[] } {
      return newest;
    },
    async spend(): Promise<void> {
      const balances = accounts.map(() => (BigInt(random.below(2 ** 31)) << 40n) + 1n);
      await Promise.all(accounts.map((address, index) => anvil.setBalance(address, balances[index] ?? 0n)));
      await anvil.rpc("evm_mine");
      const number = BigInt(String(await anvil.rpc("eth_blockNumber")));
      truth.set(number, balances);
      newest = { number, balances };
    },
    check(states): number {
      let published = 0;
      for (const [index, { reading }] of states.entries()) {
        if (reading === undefined) continue;
        published++;
        const { amount, block } = reading;
        if (block === undefined) {
          // Read without a block number between two heads: it was the truth at one of the blocks.
          assert.ok([...truth.values()].some((balances) => balances[index] === amount), `wallet ${index} at no block`);
          continue;
        }
        assert.equal(amount, truth.get(block.number)?.[index], `wallet ${index} at block ${block.number}`);
      }
      return published;
    },
  };
}
