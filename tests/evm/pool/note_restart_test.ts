import assert from "node:assert/strict";
import { noteFallen, noteRestart } from "../../../src/evm/pool/note_restart.ts";
import type { Account } from "../../../src/assets/asset.ts";
import type { Block } from "../../../src/model/block.ts";
import type { Outcome } from "../../../src/model/source.ts";
import { nonceAccount } from "../../fakes/programs.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const [HOLDER = ""] = accountsOf(1);

/** Notes blocks of a network whose only nonce is known; says after which of them it was forgotten. */
function forgottenAfter(blocks: readonly (Block | undefined)[]): number {
  using pool = openPool(["http://127.0.0.1:8545"], { accounts: [HOLDER] });
  const { network } = pool;
  network.previous.set(nonceAccount(HOLDER), 7n);
  return blocks.findIndex((block) => {
    noteRestart(network, block);
    return network.previous.size === 0;
  });
}

const at = (number: number, time: number): Block => ({ number: BigInt(number), time });

Deno.test("a chain was restarted when three polls in a row have a lower block that is younger", () => {
  using log = catchLog();
  assert.equal(forgottenAfter([at(100, 1000), at(5, 1010), at(6, 1020), at(7, 1030)]), 3);
  assert.deepEqual(log.lines, [
    { level: "warn", msg: "Chain was restarted", network: "n", block: "7", before: "100" },
  ]);
  // Polls that read nothing say nothing.
  assert.equal(forgottenAfter([at(100, 1000), at(5, 1010), undefined, at(6, 1020), at(7, 1030)]), 4);
});

Deno.test("other blocks are those of a chain that goes on", () => {
  for (
    const blocks of [
      // Backends that are behind.
      [at(100, 1000), at(99, 999), at(99, 999), at(99, 999), at(98, 998)],
      // One that is not of this chain.
      [at(100, 1000), at(5, 1010), at(101, 1020), at(5, 1030), at(6, 1040)],
      // The same block again, and its time.
      [at(100, 1000), at(100, 1000), at(100, 1000), at(100, 1000)],
      [at(100, 1000), at(99, 1000), at(99, 1000), at(99, 1000)],
      [at(100, 1000), at(100, 1001), at(100, 1002), at(100, 1003)],
      // The EVM of Arbitrum counts the blocks of the parent chain.
      [at(100, 1000), ...[1, 2, 3, 4].map((each): Block => ({ ...at(each, 1000 + each), byEvm: true }))],
    ]
  ) assert.equal(forgottenAfter(blocks), -1);
});

Deno.test("a backend that is behind does not hide that the chain was restarted", () => {
  const blocks = [at(100, 1000), at(98, 998), at(99, 1010), at(99, 1020), at(99, 1030)];
  assert.equal(forgottenAfter(blocks), 4);
});

Deno.test("blocks are compared with the highest one, also of several in a second", () => {
  assert.equal(forgottenAfter([at(100, 1000), at(200, 2000), at(150, 2010), at(151, 2020), at(152, 2030)]), 4);
  assert.equal(forgottenAfter([at(100, 1000), at(105, 1000), at(101, 1010), at(102, 1020), at(103, 1030)]), 4);
});

Deno.test("a chain without known nonces is restarted silently", () => {
  using log = catchLog();
  using pool = openPool(["http://127.0.0.1:8545"], { accounts: [HOLDER] });
  for (const block of [at(100, 1000), at(5, 1010), at(6, 1020), at(7, 1030)]) noteRestart(pool.network, block);
  assert.deepEqual([log.lines, pool.network.height], [[], { block: at(7, 1030), lowerPolls: 0 }]);
});

interface Fallen {
  /** The accounts that are still compared with their last value. */
  readonly compared: readonly Account[];
  readonly log: readonly unknown[];
}

/** Notes polls: of each account, what was read, and whether some endpoint had a lower value. */
function noteFalls(accounts: readonly Account[], polls: readonly (readonly (Outcome | undefined)[])[]): Fallen {
  using log = catchLog();
  using pool = openPool(["http://127.0.0.1:8545"], { accounts: [HOLDER] });
  const { network } = pool;
  for (const account of accounts) network.previous.set(account, 7n);
  for (const outcomes of polls) {
    const read = new Map(outcomes.flatMap((outcome, index) => {
      const account = accounts[index];
      return account === undefined || outcome === undefined ? [] : [[account, outcome] as const];
    }));
    noteFallen(network, new Set(read.keys()), read);
  }
  return { compared: [...network.previous.keys()], log: [...log.lines] };
}

Deno.test("values that are lower in three polls in a row are not compared with the old ones any more", () => {
  const [one, two, three] = accountsOf(3).map(nonceAccount);
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  const good: Outcome = { amount: 7n, block: undefined };
  const low: Outcome = "lagging";
  const accounts = [one, two, three];
  assert.deepEqual(noteFalls(accounts, [[low, low, low], [low, low, low]]), { compared: accounts, log: [] });
  const line = {
    level: "warn",
    msg: "Values fell, as after a reorganization",
    network: "n",
    kind: "transactions",
    address: two.holder,
  };
  // Another endpoint had the value of the first; the third was not asked for once.
  const polls: readonly (readonly (Outcome | undefined)[])[] = [[low, low, low], [good, low, undefined], [
    low,
    low,
    low,
  ]];
  assert.deepEqual(noteFalls(accounts, polls), { compared: [one, three], log: [{ ...line, values: 1 }] });
  const longer = noteFalls(accounts, [...polls, [low, low, low]]);
  assert.deepEqual(longer.compared, [one]);
  assert.equal(longer.log.length, 2);
  const both = noteFalls([one, two], Array(7).fill([low, low]));
  assert.deepEqual(both, { compared: [], log: [{ ...line, address: one.holder, values: 2 }] }, "it is logged once");
});
