import assert from "node:assert/strict";
import { checkGenesis } from "../../../src/evm/pool/check_genesis.ts";
import { type LocalPool, openLocalPool } from "../../fakes/local_pool.ts";

const GENESIS = `0x${"ab".repeat(32)}`;
const OTHER = `0x${"cd".repeat(32)}`;

/** An endpoint whose genesis block has this hash; an `Error` is returned in place of the block. */
function open(hash: unknown, genesis: string | undefined = GENESIS): LocalPool {
  const local = openLocalPool(1, { plan: { genesis } });
  Object.assign(local.nodes[0] ?? {}, {
    answer(): unknown {
      if (hash instanceof Error) throw hash;
      return { number: "0x0", timestamp: "0x0", hash };
    },
  });
  const now = local.clock.now();
  local.endpoint("a").observed = {
    head: { chainId: 4242, block: { number: 100n, time: 1_700_000_000 } },
    at: now,
    since: now,
  };
  return local;
}

async function check(local: LocalPool): Promise<void> {
  const { network, limits } = local.pool;
  await local.finish(checkGenesis(network, local.endpoint("a"), limits));
}

Deno.test("checkGenesis() compares the genesis block once", async () => {
  for (const hash of [GENESIS, GENESIS.toUpperCase().replace("X", "x")]) {
    using local = open(hash);
    await check(local);
    assert.equal(local.endpoint("a").genesisChecked, true);
    assert.notEqual(local.endpoint("a").observed, undefined);
    await check(local);
    assert.deepEqual(local.requests.map(({ methods }) => methods), ["getBlockByNumber"]);
  }
  using upper = open(GENESIS, GENESIS.toUpperCase().replace("X", "x"));
  await check(upper);
});

Deno.test("checkGenesis() rejects another genesis block each time, and forgets the head", async () => {
  for (const [hash, shown] of [[OTHER, OTHER], [undefined, "without a hash"]]) {
    using local = open(hash);
    const message = `the node's genesis block is ${shown}, ${GENESIS} is configured`;
    for (const count of [1, 2]) {
      await assert.rejects(check(local), { reason: "wrong_chain", message });
      assert.equal(local.pool.count("wrong_chain"), count);
    }
    assert.deepEqual([local.endpoint("a").genesisChecked, local.endpoint("a").observed], [false, undefined]);
  }
});

Deno.test("checkGenesis() reports why the genesis block could not be read, and keeps the head", async () => {
  using local = open(new Error("missing trie node"));
  await assert.rejects(check(local), { reason: "state_unavailable" });
  assert.deepEqual(local.endpoint("a").genesisChecked, false);
  assert.notEqual(local.endpoint("a").observed, undefined);
});

Deno.test("checkGenesis() sends nothing where no genesis block is configured", async () => {
  using local = openLocalPool(1);
  await check(local);
  assert.deepEqual(local.requests, []);
});
