import type { Account, Asset } from "../../../src/assets/asset.ts";
import { valuesOf } from "../../fakes/read_values.ts";
import assert from "node:assert/strict";
import type { BlockChecks } from "../../../src/evm/strategies/block_checks.ts";
import type { Block } from "../../../src/model/block.ts";
import type { ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { readPlain } from "../../../src/evm/strategies/read_plain.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { startLocalNode } from "../../fakes/fake_node.ts";

const COINS = accountsOf(3);
const TOKEN = `0x${"ab".repeat(20)}`;
const TOKENS = COINS.slice(0, 2).map((holder) => tokenKey(TOKEN, holder));
const ALL = toAccounts([...COINS, ...TOKENS]);
const NATIVE = toAccounts(COINS);
const EARLIER: Block = { number: 80n, time: 1000 };
const GONE = new Error("header not found");

const COUNT: Asset = {
  kind: "count",
  requestType: "method",
  request: (holder) => ({ type: "method", method: "eth_getTransactionCount", params: [holder] }),
};
const COUNTS = COINS.map((holder): Account => ({ asset: COUNT, holder, key: `count/${holder}` }));

/** What a node answers of an account: `holder` alone for a coin, with `of token` for a token. */
type Balance = (holder: string, isToken: boolean) => bigint | Error | Response;

interface Asked {
  /** At the block that is read. */
  readonly balance?: Balance;
  /** At a block that nobody can have. */
  readonly far?: Balance;
  readonly accounts?: readonly Account[];
  readonly at?: "latest" | Block;
  readonly known?: Partial<Record<keyof BlockChecks, boolean>>;
  /** How many items a batch has. */
  readonly size?: number;
  readonly polls?: number;
  /** Whether the poll takes balances without a block. */
  readonly readsLatest?: boolean;
}

/** Reads balances, and returns which account was requested at a far block. */
async function readAll({ balance = () => 7n, far = () => GONE, ...options }: Asked) {
  const { accounts = ALL, at = EARLIER, known = {}, size = 100, polls = 1, readsLatest = false } = options;
  const clock = createFakeClock();
  using log = catchLog();
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: [], clock, strategy: "batch" });
  const { endpoint, selector } = pool.poolEndpoint;
  Object.assign(selector.sizes.batch, { size, confirmed: size });
  for (const kind of ["balance", "view", "method"] as const) {
    if (kind in known) Object.assign(selector.blockChecks[kind], { ignored: known[kind], at: clock.now() });
  }
  const asked: string[] = [];
  using node = startLocalNode({
    answer: ({ method, params: [of, block] }) => {
      if (method === "eth_chainId") return "0x1";
      if (method === "eth_getBlockByNumber") return { number: of === "latest" ? "0x64" : of, timestamp: "0x3e8" };
      const isToken = method === "eth_call";
      const holder = isToken ? `0x${(of as { readonly data: string }).data.slice(-40)}` : String(of);
      const isFar = block !== "latest" && BigInt(String(block)) > 1_000_000n;
      if (isFar) asked.push(`${isToken ? "token" : "coin"} ${COINS.indexOf(holder)}`);
      const wei = (isFar ? far : balance)(holder, isToken);
      if (typeof wei !== "bigint") throw wei;
      return `0x${wei.toString(16).padStart(isToken ? 64 : 1, "0")}`;
    },
  });
  const readings: ReadResult[] = [];
  const target = { at, admit: () => {}, ...(readsLatest ? { admitLatest: () => {} } : {}) };
  for (let poll = 0; poll < polls; poll++) {
    readings.push(await readPlain({ endpoint, selector, accounts, target, limits: pool.limits }));
  }
  const outcomes = readings.map((result) => valuesOf(result, accounts));
  const { balance: coins, view: tokens } = selector.blockChecks;
  const failures = readings.map(({ failure }) => failure);
  const requests = node.seen.length;
  const itemFailures = readings.map(({ itemFailure }) => itemFailure?.reason);
  return {
    outcomes,
    failures,
    itemFailures,
    asked,
    requests,
    lines: [...log.lines],
    ignored: [coins.ignored, tokens.ignored],
  };
}

const WITHHELD = "state_unavailable";

Deno.test("readPlain() requests a far block once, for the largest native balance and the largest token", async () => {
  const balance: Balance = (holder, isToken) =>
    [5n, 9n, 7n].map((wei) => isToken ? 100n - wei : wei)[COINS.indexOf(holder)] ?? 0n;
  const { outcomes, asked, ignored } = await readAll({ balance, polls: 2 });
  assert.deepEqual(outcomes, [[5n, 9n, 7n, 95n, 91n], [5n, 9n, 7n, 95n, 91n]]);
  assert.deepEqual([asked, ignored], [["coin 1", "token 0"], [false, false]]);
  // In requests of two balances each, of which one failed.
  const broken: Balance = (holder, isToken) => holder === COINS[0] && !isToken ? new Response("", { status: 500 }) : 7n;
  const cut = await readAll({ balance: broken, size: 3, at: "latest" });
  assert.deepEqual(cut.asked, ["coin 2", "token 0"]);
});

Deno.test("readPlain() requests no far block where no balance was read", async () => {
  const { asked, outcomes } = await readAll({ balance: () => new Error("boo"), accounts: NATIVE });
  assert.deepEqual([asked, outcomes], [[], [["rpc_error", "rpc_error", "rpc_error"]]]);
});

Deno.test("readPlain() trusts a node without a balance at a far block to respect blocks, and none with one", async () => {
  const cases = [[9n, 1n, true], [9n, 0n, false], [1n, 0n, false], [0n, 0n, true], [0n, GONE, false]] as const;
  for (const [wei, far, isIgnored] of cases) {
    const { ignored } = await readAll({ balance: () => wei, far: () => far, accounts: NATIVE });
    assert.equal(ignored[0], isIgnored, `${wei}, then ${far}`);
  }
});

Deno.test("readPlain() withholds coins whose block is ignored, which is the endpoint's failure, and says so once", async () => {
  const balance: Balance = (holder) => holder === COINS[1] ? new Error("boo") : 7n;
  const far: Balance = (_, isToken) => isToken ? GONE : 7n;
  const { outcomes, failures, asked, lines } = await readAll({ balance, far, polls: 2 });
  const expected = [WITHHELD, "rpc_error", WITHHELD, 7n, "rpc_error"];
  assert.deepEqual(outcomes, [expected, expected]);
  assert.deepEqual(failures.map((failure) => [failure?.refusal, failure?.message]), [
    ["unsupported", "the node ignores the requested block"],
    ["unsupported", "the node ignores the requested block"],
  ]);
  assert.deepEqual(asked, ["coin 0", "token 0"]);
  assert.deepEqual(lines.map(({ msg, method }) => [msg, method]), [[
    "Endpoint ignores the requested block",
    "eth_getBalance",
  ]]);
});

Deno.test("readPlain() names the method and the block that is ignored", async () => {
  const cases = [[NATIVE, "eth_getBalance"], [toAccounts(TOKENS), "eth_call"], [COUNTS, "another method"]] as const;
  for (const [accounts, method] of cases) {
    for (const [at, block] of [[EARLIER, 80n], ["latest", "latest"]] as const) {
      const { outcomes, lines } = await readAll({ accounts, at, far: () => 7n });
      assert.deepEqual(outcomes, [accounts.map(() => WITHHELD)]);
      assert.deepEqual(lines.map((line) => [line["method"], line["block"]]), [[method, String(block)]]);
    }
  }
});

Deno.test("readPlain() hides no fault of the program", async () => {
  let requests = 0;
  const asset: Asset = {
    ...COUNT,
    request(holder) {
      if (requests++ === 0) return COUNT.request(holder);
      throw new TypeError("broken");
    },
  };
  await assert.rejects(readAll({ accounts: [{ asset, holder: TOKEN, key: "" }] }), TypeError);
  assert.equal(requests, 2, "it was not for a far block");
});

Deno.test("readPlain() withholds tokens whose block is ignored, which is no failure of the endpoint but where it has only tokens", async () => {
  const far: Balance = (_, isToken) => isToken ? 7n : GONE;
  const both = await readAll({ far });
  assert.deepEqual([both.outcomes, both.failures], [[[7n, 7n, 7n, WITHHELD, WITHHELD]], [undefined]]);
  const tokens = await readAll({ far, accounts: toAccounts(TOKENS) });
  assert.deepEqual([tokens.outcomes, tokens.failures[0]?.reason], [[[WITHHELD, WITHHELD]], WITHHELD]);
});

Deno.test("readPlain() returns nothing of the latest block where either ignores it: all is read by `latest`", async () => {
  for (const isCoins of [true, false]) {
    const far: Balance = (_, isToken) => isToken === isCoins ? GONE : 7n;
    const { outcomes, failures } = await readAll({ far, at: "latest" });
    assert.deepEqual([outcomes, failures[0]?.refusal], [[ALL.map(() => WITHHELD)], "unsupported"]);
  }
});

Deno.test("readPlain() sends nothing where it is known that nothing would be published", async () => {
  for (const known of [{ balance: true }, { view: true }]) {
    const { requests, failures } = await readAll({ at: "latest", known });
    assert.deepEqual([requests, failures[0]?.refusal], [0, "unsupported"]);
  }
  assert.equal((await readAll({ known: { balance: true, view: true } })).requests, 0);
  assert.equal((await readAll({ known: { balance: true }, accounts: NATIVE })).requests, 0);
  const half = await readAll({ known: { balance: true, view: false } });
  assert.deepEqual(half.outcomes, [[WITHHELD, WITHHELD, WITHHELD, 7n, 7n]]);
  const none = await readAll({ accounts: [], known: { balance: true } });
  assert.equal(none.failures[0], undefined);
});

Deno.test("readPlain() trusts a node to respect blocks that did not answer for a far one three times", async () => {
  const far: Balance = () => new Response("", { status: 500 });
  const earlier = await readAll({ far, accounts: NATIVE, polls: 4 });
  const withheld = COINS.map(() => "http_server");
  const read = COINS.map(() => 7n);
  assert.deepEqual([earlier.outcomes, earlier.asked.length], [[withheld, withheld, read, read], 3]);
  const latest = await readAll({ far, accounts: NATIVE, polls: 4, at: "latest" });
  assert.deepEqual([latest.outcomes, latest.asked.length], [[read, read, read, read], 3]);
  assert.equal(latest.ignored[0], false);
});

/** A node that ignores the block of counts, but not that of balances. */
async function readIgnored(accounts: readonly Account[], at: "latest" | Block, failing?: "count") {
  const clock = createFakeClock();
  using _log = catchLog();
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: [], clock, strategy: "batch" });
  const { endpoint, selector } = pool.poolEndpoint;
  let isFailing = false;
  const counts: string[] = [];
  using _node = startLocalNode({
    answer: ({ method, params: [of, block] }) => {
      if (method === "eth_chainId") return "0x1";
      if (method === "eth_getBlockByNumber") return { number: of === "latest" ? "0x64" : of, timestamp: "0x3e8" };
      const isFar = block !== "latest" && BigInt(String(block)) > 1_000_000n;
      if (method === "eth_getBalance" && isFar) throw GONE;
      if (method === "eth_getBalance") return "0x7";
      counts.push(block === "latest" ? "latest" : isFar ? "far" : "at block");
      if (isFailing) throw new Error("no such method");
      return "0x5";
    },
  });
  const target = { at, admit: () => {}, admitLatest: () => {} };
  const read = async () => {
    counts.length = 0;
    const result = await readPlain({ endpoint, selector, accounts, target, limits: pool.limits });
    const { failure, itemFailure } = result;
    return {
      values: [...valuesOf(result, accounts)],
      failure: failure?.reason,
      itemFailure: itemFailure?.reason,
      counts: [...counts],
    };
  };
  const first = await read();
  isFailing = failing === "count";
  return {
    first,
    second: await read(),
    ignored: [selector.blockChecks.balance.ignored, selector.blockChecks.method.ignored],
  };
}

Deno.test("values of a method that ignores blocks are read without one, and balances at theirs", async () => {
  const both = await readIgnored([...NATIVE, ...COUNTS], "latest");
  const values = [7n, 7n, 7n, 5n, 5n, 5n];
  const latest = ["latest", "latest", "latest"];
  assert.deepEqual(both.first, {
    values,
    failure: undefined,
    itemFailure: undefined,
    counts: ["at block", "at block", "at block", "far", ...latest],
  });
  assert.deepEqual(both.second, { ...both.first, counts: latest });
  assert.deepEqual(both.ignored, [false, true]);
  const alone = await readIgnored(COUNTS, "latest");
  assert.deepEqual(alone.first.values, [5n, 5n, 5n]);
  assert.deepEqual(alone.second, { ...alone.first, counts: latest });
});

Deno.test("values of a method that ignores blocks do not fail the balances that are read with them", async () => {
  const { second } = await readIgnored([...NATIVE, ...COUNTS], "latest", "count");
  assert.deepEqual(second.values.slice(0, 3), [7n, 7n, 7n]);
  assert.deepEqual(second.values.slice(3).map((value) => typeof value), ["string", "string", "string"]);
  assert.equal(second.failure, undefined);
  assert.notEqual(second.itemFailure, undefined);
});

Deno.test("values of a method that ignores blocks are withheld where another block is read", async () => {
  const { first, second } = await readIgnored([...NATIVE, ...COUNTS], EARLIER);
  for (const { values, counts } of [first, second]) {
    assert.deepEqual(values, [7n, 7n, 7n, "state_unavailable", "state_unavailable", "state_unavailable"]);
    assert.equal(counts.includes("latest"), false);
  }
});

Deno.test("readPlain() reads methods of a node that ignores their block without one, apart from the others", async () => {
  const accounts = [...NATIVE, ...COUNTS];
  const read = (options: Asked): ReturnType<typeof readAll> => readAll({ at: "latest", readsLatest: true, ...options });
  const known = { balance: false, view: false, method: true };
  const usual = await read({ accounts: NATIVE, known: { ...known, method: false } });
  // Without methods nothing else is requested.
  assert.equal((await read({ accounts: NATIVE, known })).requests, usual.requests);
  const all = await read({ accounts, known: { ...known, method: false } });
  assert.deepEqual(all.outcomes, [accounts.map(() => 7n)]);
  const alone = await read({ accounts: COUNTS, known });
  assert.deepEqual([alone.outcomes, alone.failures], [[COUNTS.map(() => 7n)], [undefined]]);
  for (const some of [accounts, accounts.slice(2)]) {
    const both = await read({ accounts: some, known });
    assert.deepEqual([both.outcomes, both.failures], [[some.map(() => 7n)], [undefined]]);
    assert.equal(both.requests - alone.requests, usual.requests, "what is read apart is read as usual");
  }
});

Deno.test("readPlain() reads each once where the node respects the block of methods", async () => {
  const known = { balance: false, view: false, method: false };
  const requests = async (accounts: readonly Account[]): Promise<number> =>
    (await readAll({ at: "latest", readsLatest: true, accounts, known })).requests;
  const [coins, counts, both] = [
    await requests(NATIVE),
    await requests(COUNTS),
    await requests([...NATIVE, ...COUNTS]),
  ];
  assert.deepEqual([counts, both], [coins, coins + 1], "the head once, and a batch for each");
});

Deno.test("readPlain() has methods at no other block than the latest of a node that ignores it", async () => {
  const { outcomes, failures } = await readAll({ accounts: COUNTS, at: EARLIER, known: { method: true } });
  assert.deepEqual([outcomes, failures[0]?.refusal], [[COUNTS.map(() => WITHHELD)], "unsupported"]);
});

Deno.test("readPlain() has the first failure of an account, of those that are read apart as well", async () => {
  const known = { balance: false, view: false, method: true };
  const failing = (...messages: readonly (readonly [string, string])[]): Balance => (holder) => {
    const message = new Map(messages).get(holder);
    return message === undefined ? 7n : new Error(message);
  };
  const [coin, count] = [COINS[0] ?? "", COINS[1] ?? ""];
  const accounts = [...NATIVE.slice(0, 1), ...COUNTS.slice(1)];
  for (
    const [messages, reason] of [
      [[], undefined],
      [[[coin, "boo"]], "rpc_error"],
      [[[count, "missing trie node"]], "state_unavailable"],
      [[[coin, "boo"], [count, "missing trie node"]], "rpc_error"],
    ] as const
  ) {
    const { itemFailures } = await readAll({
      at: "latest",
      readsLatest: true,
      accounts,
      known,
      balance: failing(...messages),
    });
    assert.deepEqual(itemFailures, [reason]);
  }
});
