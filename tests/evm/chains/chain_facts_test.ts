import assert from "node:assert/strict";
import { chainFacts } from "../../../src/evm/chains/chain_facts.ts";
import table from "../../../src/evm/chains/chains.json" with { type: "json" };

const MULTICALL = "0xca11bde05977b3631167028862be2a173976ca11";

Deno.test("chainFacts() knows every row of the table", () => {
  const ids = table.map(([id]) => Number(id));
  assert.ok(ids.length > 600, `there are only ${ids.length} rows`);
  assert.equal(new Set(ids).size, ids.length, "a chain id stands twice");
  assert.deepEqual(ids, ids.toSorted((one, other) => one - other));
  for (const id of ids) {
    const facts = chainFacts(id);
    assert.ok(facts !== undefined, `the row of chain ${id} does not pass`);
    assert.ok(facts.name !== "" && facts.symbol !== "", `chain ${id}`);
    assert.ok(Number.isInteger(facts.decimals) && facts.decimals >= 0 && facts.decimals <= 36, `chain ${id}`);
    if (facts.explorer !== undefined) assert.match(facts.explorer, /^https?:\/\//, `chain ${id}`);
    if (facts.multicall3 !== undefined) {
      assert.match(facts.multicall3.address, /^0x[0-9a-fA-F]{40}$/, `chain ${id}`);
      assert.ok(Number.isSafeInteger(facts.multicall3.block) && facts.multicall3.block >= 0, `chain ${id}`);
    }
  }
});

Deno.test("chainFacts() returns what is commonly known", () => {
  assert.deepEqual(chainFacts(1), {
    name: "Ethereum",
    symbol: "ETH",
    decimals: 18,
    explorer: "https://etherscan.io",
    multicall3: { address: MULTICALL, block: 14353601 },
    blockSeconds: 12,
  });
  assert.deepEqual(chainFacts(10)?.name, "OP Mainnet");
  assert.deepEqual([chainFacts(137)?.name, chainFacts(137)?.symbol], ["Polygon", "POL"]);
  assert.deepEqual(chainFacts(31337), {
    name: "Anvil",
    symbol: "ETH",
    decimals: 18,
    explorer: undefined,
    multicall3: undefined,
    blockSeconds: undefined,
  });
});

Deno.test("chainFacts() knows nothing of other chains", () => {
  for (const id of [0, -1, 1.5, NaN, 999_999_999_999, Number.MAX_SAFE_INTEGER]) assert.equal(chainFacts(id), undefined);
});

Deno.test("L12: chainFacts() returns no block time for chains without blocks while there are no transactions", () => {
  // The ZK stack, Scroll, and Robinhood Chain of Arbitrum's Orbit.
  for (const id of [324, 2741, 50104, 61166, 626, 534352, 4663]) {
    assert.equal(chainFacts(id)?.blockSeconds, undefined, `chain ${id}`);
  }
  for (const id of [1, 10, 56, 137, 8453, 42161, 43114]) assert.ok(chainFacts(id)?.blockSeconds, `chain ${id}`);
});
