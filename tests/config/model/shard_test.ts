import assert from "node:assert/strict";
import { shardOf } from "../../../src/config/model/shard.ts";
import { makePlan } from "../../../src/plan/make_plan.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { readV1 } from "../../../src/config/v1/read_v1.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(10_000);

Deno.test("shardOf() returns every shard about equally often", () => {
  for (const shards of [2, 3, 4, 7, 16]) {
    const counts = new Array(shards).fill(0);
    for (const address of ACCOUNTS) counts[shardOf("ethereum", address, shards)]++;
    for (const count of counts) {
      const fair = ACCOUNTS.length / shards;
      assert.ok(Math.abs(count - fair) < 5 * Math.sqrt(fair), `${counts} of ${shards}`);
    }
  }
});

Deno.test("shardOf() moves one wallet in n, and only to the new shard, when one more is added", () => {
  for (const shards of [1, 2, 3, 4, 9]) {
    const moved = ACCOUNTS.filter((address) => shardOf("n", address, shards) !== shardOf("n", address, shards + 1));
    assert.ok(moved.every((address) => shardOf("n", address, shards + 1) === shards));
    const fair = ACCOUNTS.length / (shards + 1);
    assert.ok(Math.abs(moved.length - fair) < 5 * Math.sqrt(fair), `${moved.length} moved from ${shards}`);
  }
});

Deno.test("shardOf() does not care how an address is written, and does about its network", () => {
  const address = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
  assert.equal(shardOf("a", address, 100), shardOf("a", address.toLowerCase(), 100));
  assert.notEqual(shardOf("a", address, 100), shardOf("b", address, 100));
});

/** All series of a plan, as network, address and label. */
function seriesOf({ networks }: Plan): readonly string[] {
  return networks.flatMap(({ networkLabel, wallets, rejected }) =>
    [...wallets, ...rejected].map(({ address, label }) => `${networkLabel} ${address} ${label}`)
  );
}

Deno.test("four shards watch all wallets between them, and none twice", () => {
  const wallets = ACCOUNTS.map((address, index) => ({ address, label: `w${index % 7}` }));
  const urls = ["https://rpc.a.example/1", "https://rpc.a.example/2"];
  const config = readV1(JSON.stringify(Object.fromEntries(urls.map((url) => [url, wallets]))), "test");
  const whole = seriesOf(makePlan(config));
  const parts = [0, 1, 2, 3].map((index) => seriesOf(makePlan(config, { index, of: 4 })));
  assert.equal(new Set(whole).size, 20_000);
  assert.equal(parts.flat().length, whole.length);
  assert.deepEqual(new Set(parts.flat()), new Set(whole));
});
