import { toAccounts } from "../../fakes/accounts.ts";
import { chunksOf } from "../../fakes/read_values.ts";
import assert from "node:assert/strict";
import { confirmZeros } from "../../../src/evm/pool/confirm_zeros.ts";
import type { LearnedStrategy } from "../../../src/evm/strategies/strategy_selector.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import type { ChunkResult, ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { hang, startLocalNodes } from "../../fakes/fake_node.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";

const COINS = accountsOf(4);
const TOKEN = `0x${"f".repeat(40)}`;
const ACCOUNTS = [...COINS, ...COINS.slice(0, 2).map((holder) => `${TOKEN}/${holder}`)];
const ALL = toAccounts(ACCOUNTS);
const TIME = 1_700_000_000;
const HEAD = { chainId: 5, block: { number: 100n, time: TIME } };

/**
 * What an endpoint answers: to `eth_syncing`, and the balances that it gives; an `Error` becomes the call's error,
 * {@linkcode hang} no answer.
 */
interface Node {
  readonly syncing?: unknown;
  readonly balance?: (account: string) => unknown;
  readonly chainId?: number;
}

interface Confirmed extends Disposable {
  readonly pool: OpenPool;
  readonly clock: FakeClock;
  /** The requests, with the endpoint that got each, without heads. */
  readonly asked: readonly string[];
  /** The blocks that balances were asked for at. */
  readonly blocks: ReadonlySet<unknown>;
  confirm(
    outcomes: readonly (readonly AmountOrReason[])[],
    places?: readonly number[],
    head?: ChunkResult["head"],
  ): Promise<ReadResult>;
}

function open(
  nodes: readonly Node[],
  strategy: LearnedStrategy = "packed",
  funded: readonly number[] = [1, 1, 1, 0, 0, 0],
): Confirmed {
  const clock = createFakeClock(TIME);
  const asked: string[] = [];
  const blocks = new Set<unknown>();
  const local = startLocalNodes(nodes.map(({ syncing = false, balance = () => "0x0", chainId = 5 }, place) => ({
    chainId,
    time: TIME,
    answer({ method, params: [first, at] }, request): unknown {
      if (method === "eth_chainId" || method === "eth_getBlockByNumber") return undefined;
      if (method === "eth_getBalance") blocks.add(at);
      const isSyncing = method === "eth_syncing";
      asked.push(isSyncing ? `${place} syncing` : `${place} ${ACCOUNTS.indexOf(String(first))}`);
      const result = isSyncing ? syncing : balance(String(first));
      if (result === hang) throw hang(request);
      if (result instanceof Response) throw result.clone();
      if (result instanceof Error) throw result;
      return result;
    },
  })));
  const pool = openPool(local.urls, {
    accounts: ACCOUNTS,
    clock,
    strategy,
    plan: { chainId: 5 },
  });
  for (const [place, has] of funded.entries()) {
    const [account] = ALL.slice(place, place + 1);
    if (has === 1 && account !== undefined) pool.network.funded.add(account);
  }
  for (const { selector } of pool.network.endpoints) {
    Object.assign(selector, { chainMethod: "waived" });
    Object.assign(selector.blockChecks.balance, { at: clock.now() });
  }
  return {
    pool,
    clock,
    asked,
    blocks,
    confirm(outcomes, places = ACCOUNTS.keys().toArray(), ...heads): Promise<ReadResult> {
      const head = heads.length === 0 ? HEAD : heads[0];
      const { network, poolEndpoint, limits } = pool;
      return confirmZeros({
        network,
        poolEndpoint,
        result: { chunks: chunksOf(outcomes, places.flatMap((place) => ALL[place] ?? []), head), failure: undefined },
        target: { at: "latest", admit: () => {}, admitLatest: () => {} },
        // Only the deadline ends a request without an answer.
        limits: { ...limits, timeout: 1_000_000 },
      });
    },
    [Symbol.dispose](): void {
      local[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
}

function outcomesOf({ chunks }: ReadResult): readonly (readonly AmountOrReason[])[] {
  return chunks.map(({ values }) => [...values].map(([, value]) => value));
}

const ZEROS = [[0n, 0n, 0n, 0n]] as const;
const WITHHELD = [ZEROS[0].map(() => "state_unavailable")];
const FULL = (): string => "0x7";
const SYNCING = { currentBlock: "0x1" };

Deno.test("confirmZeros() sends nothing where nothing is suspicious", async () => {
  using confirmed = open([{}]);
  const { zeros } = confirmed.pool.network;
  zeros.polls = 2;
  assert.deepEqual(outcomesOf(await confirmed.confirm([[0n, 1n, 0n, 0n]])), [[0n, 1n, 0n, 0n]]);
  assert.deepEqual([confirmed.asked, zeros.polls], [[], 0]);
});

Deno.test("confirmZeros() reads the accounts that were funded from another endpoint, at the same block", async () => {
  for (const [balance, right] of [[() => "0x0", ZEROS], [FULL, WITHHELD], [() => "0x1", WITHHELD]] as const) {
    using confirmed = open([{}, { balance }]);
    const reading = await confirmed.confirm(ZEROS);
    assert.deepEqual(outcomesOf(reading), right);
    assert.deepEqual(confirmed.asked.filter((each) => each.startsWith("0")), []);
    const syncing = right === ZEROS ? ["1 syncing"] : [];
    assert.deepEqual(new Set(confirmed.asked), new Set(["1 0", "1 1", "1 2", ...syncing]));
    if (right === WITHHELD) assert.match(reading.failure?.message ?? "", /another endpoint reports others/);
    assert.deepEqual(
      [reading.failure?.reason, confirmed.pool.count("state_unavailable")],
      right === WITHHELD ? ["state_unavailable", 1] : [undefined, 0],
    );
  }
});

Deno.test("confirmZeros() trusts one balance of another endpoint, and no zeros beside an error", async () => {
  const [first] = COINS;
  using unknown = open([{}, { balance: FULL }], "latest");
  // Without a block there is nothing to compare.
  assert.deepEqual(outcomesOf(await unknown.confirm(ZEROS, undefined, undefined)), ZEROS);
  assert.ok(!unknown.asked.some((each) => each.startsWith("1")));
  using one = open([{}, { balance: (account) => account === first ? "0x7" : new Error("boo") }]);
  assert.deepEqual(outcomesOf(await one.confirm(ZEROS)), WITHHELD);
  using none = open([{ syncing: SYNCING }, { balance: (account) => account === first ? "0x0" : new Error("boo") }]);
  assert.deepEqual(outcomesOf(await none.confirm(ZEROS)), WITHHELD);
  assert.ok(none.asked.includes("0 syncing"));
});

Deno.test("confirmZeros() reads from no endpoint that fails, lags, is paused, ignores blocks, or is on another chain", async () => {
  const changes: readonly ((confirmed: Confirmed) => void)[] = [
    ({ pool }) =>
      Object.assign(pool.network.endpoints[1]?.breaker ?? {}, { failure: new RpcError("rpc_error", "boo") }),
    ({ pool }) => Object.assign(pool.network.endpoints[1] ?? {}, { headStatus: "lagging" }),
    ({ pool }) => Object.assign(pool.network.endpoints[1]?.breaker ?? {}, { openUntil: Infinity }),
    ({ pool }) => Object.assign(pool.network.endpoints[1]?.selector.blockChecks.balance ?? {}, { ignored: true }),
    ({ pool }) => Object.assign(pool.network.endpoints[1]?.selector.blockChecks.view ?? {}, { ignored: true }),
  ];
  for (const [index, change] of changes.entries()) {
    using confirmed = open([{}, { balance: FULL }]);
    change(confirmed);
    assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), ZEROS, `${index}`);
    assert.ok(!confirmed.asked.some((each) => each.startsWith("1")), `${index}`);
  }
});

Deno.test("confirmZeros() calls eth_syncing, and reads again by plain balances", async () => {
  using confirmed = open([{}]);
  const { budget } = confirmed.pool.network;
  assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), ZEROS);
  assert.equal(confirmed.asked[0], "0 syncing");
  assert.deepEqual(new Set(confirmed.asked.slice(1)), new Set(["0 0", "0 1", "0 2"]));
  budget.earn(10);
  assert.deepEqual([budget.take(1), budget.take(0.1)], [true, false]);
});

Deno.test("confirmZeros() withholds zeros of a node that is syncing, or reports neither", async () => {
  for (
    const [syncing, reason, right] of [
      [SYNCING, "state_unavailable", WITHHELD],
      [new Response("", { status: 429 }), "throttled", WITHHELD],
      [new Response("", { status: 500 }), undefined, ZEROS],
      [new Response("denied"), undefined, ZEROS],
      [new Error("boo"), undefined, ZEROS],
      [new RpcError("rpc_error", "the method does not exist/is not available"), undefined, ZEROS],
      [new Response("", { status: 404 }), undefined, ZEROS],
      [new Response("", { status: 401 }), undefined, ZEROS],
    ] as const
  ) {
    using confirmed = open([{ syncing }]);
    const reading = await confirmed.confirm(ZEROS);
    assert.deepEqual([outcomesOf(reading), reading.failure?.reason], [right, reason]);
  }
});

Deno.test("confirmZeros() waits for eth_syncing for half of the time, and reads balances in the other half", async () => {
  using confirmed = open([{ syncing: hang }]);
  const confirming = confirmed.confirm(ZEROS);
  await confirmed.clock.advance(24_999);
  assert.deepEqual(confirmed.asked, ["0 syncing"]);
  await confirmed.clock.advance(1);
  assert.deepEqual(outcomesOf(await confirming), ZEROS);
});

Deno.test("confirmZeros() reads no account again that was not read", async () => {
  using confirmed = open([{}, {}]);
  assert.deepEqual(outcomesOf(await confirmed.confirm([[0n, 0n, "rpc_error", 0n]])), [[0n, 0n, "rpc_error", 0n]]);
  assert.deepEqual(new Set(confirmed.asked), new Set(["1 0", "1 1", "1 syncing"]));
});

Deno.test("confirmZeros() disables no strategy on an unknown chain", async () => {
  using confirmed = open([{ balance: FULL }]);
  assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS, undefined, undefined)), WITHHELD);
  assert.equal(confirmed.pool.poolEndpoint.selector.comparisons.size, 0);
});

Deno.test("confirmZeros() disables a strategy that plain balances contradict", async () => {
  const [first] = COINS;
  for (const [strategy, disabled] of [["packed", true], ["batch", false], ["latest", false]] as const) {
    using confirmed = open([{ balance: (account) => account === first ? "0x1" : "0x0" }], strategy);
    assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), WITHHELD);
    assert.equal(confirmed.blocks.has("latest"), strategy === "latest");
    const { comparisons } = confirmed.pool.poolEndpoint.selector;
    const comparison = { chainId: 5, at: confirmed.pool.limits.clock.now(), isEqual: false };
    assert.deepEqual([...comparisons], disabled ? [[strategy, comparison]] : [], strategy);
  }
});

Deno.test("confirmZeros() withholds zeros that the plain strategy cannot confirm", async () => {
  const [first] = COINS;
  const one = (account: string): unknown => account === first ? "0x0" : new Error("boo");
  for (
    const [balance, reason, message] of [
      [() => new Response("", { status: 500 }), "http_server", /500/],
      [one, "state_unavailable", /were not confirmed/],
    ] as const
  ) {
    using confirmed = open([{ balance }]);
    const reading = await confirmed.confirm(ZEROS);
    assert.deepEqual(outcomesOf(reading), WITHHELD);
    assert.equal(reading.failure?.reason, reason);
    assert.match(reading.failure?.message ?? "", message);
    confirmed.pool.network.zeros.polls = 4;
    assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), ZEROS);
  }
});

Deno.test("confirmZeros() withholds for three polls, then publishes with a warning", async () => {
  using confirmed = open([{ syncing: SYNCING }]);
  const { network } = confirmed.pool;
  using log = catchLog();
  for (let poll = 1; poll <= 3; poll++) {
    network.startedAt = poll;
    // Two attempts in one poll are one.
    for (let attempt = 0; attempt < 2; attempt++) {
      assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), WITHHELD);
    }
  }
  assert.deepEqual(log.lines, []);
  network.startedAt = 4;
  assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), ZEROS);
  assert.deepEqual(log.lines, [{
    level: "warn",
    msg: "Balances of 0 are published without confirmation",
    network: "n",
    endpoint: "127.0.0.1:9001",
    wallets: 4,
    detail: "all balances are 0 at once, and the node is syncing",
  }]);
});

Deno.test("confirmZeros() withholds for as long as another endpoint has other balances", async () => {
  using confirmed = open([{}, { balance: FULL }]);
  for (let poll = 1; poll <= 5; poll++) {
    confirmed.pool.network.startedAt = poll;
    assert.deepEqual(outcomesOf(await confirmed.confirm(ZEROS)), WITHHELD);
  }
});

Deno.test("confirmZeros() withholds a suspicious answer whole, and one without any account that was funded", async () => {
  using confirmed = open([{ syncing: SYNCING }], "packed", [1, 1, 1, 0, 1, 1]);
  const reading = await confirmed.confirm([[0n, 0n], [0n, 5n], [9n, "reverted"]]);
  assert.deepEqual(outcomesOf(reading), [
    ["state_unavailable", "state_unavailable"],
    ["state_unavailable", "state_unavailable"],
    [9n, "state_unavailable"],
  ]);
  using other = open([{ syncing: SYNCING }], "packed", [1, 1, 0, 0, 1, 0]);
  assert.deepEqual(outcomesOf(await other.confirm([[0n, 0n, "rpc_error"], [3n], [0n, 0n]])), [
    ["state_unavailable", "state_unavailable", "rpc_error"],
    [3n],
    ["state_unavailable", 0n],
  ]);
});

Deno.test("confirmZeros() knows accounts by their places in the plan", async () => {
  using confirmed = open([{}, { balance: FULL }], "packed", [0, 1, 0, 1, 0, 0]);
  const reading = await confirmed.confirm([[0n, 0n, 5n]], [3, 1, 2]);
  assert.deepEqual(new Set(confirmed.asked), new Set(["1 3", "1 1"]));
  assert.deepEqual(outcomesOf(reading), [["state_unavailable", "state_unavailable", "state_unavailable"]]);
});

Deno.test("confirmZeros() does not take a fault of ours for the node's", async () => {
  using confirmed = open([{}]);
  Object.defineProperty(confirmed.pool.poolEndpoint.endpoint, "pacer", {
    get(): never {
      throw new RangeError("boo");
    },
  });
  await assert.rejects(confirmed.confirm(ZEROS), RangeError);
});
