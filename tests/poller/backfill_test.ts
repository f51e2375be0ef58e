import assert from "node:assert/strict";
import { startDeadline } from "../../src/http/deadline.ts";
import { type Reason, type Refusal, RpcError } from "../../src/jsonrpc/errors.ts";
import type { PastRequest, PastResult, Source } from "../../src/model/source.ts";
import { type Backfill, createBackfill } from "../../src/poller/backfill.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import type { NetworkState } from "../../src/poller/state.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { addressOf, networkAt, planOfV2, statesOf, type Watched, watched } from "../fakes/watched.ts";

const HOUR = 3600;

/** A source whose past a test makes up. */
interface PastSource extends Source {
  readonly asked: PastRequest[];
  answer: (request: PastRequest) => PastResult;
}

interface Setting {
  readonly clock: FakeClock;
  readonly all: Watched;
  readonly state: NetworkState;
  readonly source: PastSource;
  readonly backfill: Backfill;
  run(of?: Backfill): Promise<void>;
}

function configOf(keys: string, wallets: number): string {
  const list = Array.from(
    { length: wallets },
    (_, index) => `{ address: "${addressOf(index + 1)}", label: w${index} }`,
  );
  return `version: 2\nnetworks: [{ name: main, endpoints: [http://node], ${keys}, wallets: [${list.join()}] }]`;
}

async function planWith(keys: string, wallets = 2): Promise<NetworkPlan> {
  const [plan] = (await planOfV2(configOf(keys, wallets))).networks;
  return plan ?? assert.fail();
}

/** Makes the backfill of another plan of the network, which is applied. */
function reload(
  { all, state, source, clock, backfill }: Setting,
  plan: NetworkPlan,
): readonly [NetworkState, Backfill] {
  const next = carryOver(state, plan, clock);
  all.store.networks = [next];
  return [next, createBackfill(all.store, next, source, backfill)];
}

async function setUp(keys = "backfill: 24h", wallets = 2): Promise<Setting> {
  const clock = createFakeClock();
  const all = watched(await planOfV2(configOf(keys, wallets)), { clock });
  const source: PastSource = {
    asked: [],
    answer: readAll,
    endpoints: [],
    poll: () => assert.fail("not polled"),
    readPast(request) {
      source.asked.push(request);
      return Promise.resolve(source.answer(request));
    },
    [Symbol.dispose](): void {},
  };
  const state = networkAt(all.store, 0);
  const backfill = createBackfill(all.store, state, source);
  return {
    clock,
    all,
    state,
    source,
    backfill,
    async run(of = backfill): Promise<void> {
      using deadline = startDeadline(clock, 50_000);
      await of.run({ clock, timeout: 1000, deadline });
    },
  };
}

/** Each account had 10 more for each hour. */
function readAll({ ages, accounts, onPast }: PastRequest): PastResult {
  for (const age of ages) {
    const amount = 100n + BigInt(Math.round(10 * age / HOUR));
    onPast({ age, amounts: accounts.map((account) => [account, amount] as const) });
  }
  return { endpoint: "node" };
}

function changesIn({ history, plan }: NetworkState, wallet = 0): readonly number[] {
  const account = plan.wallets[wallet]?.account ?? assert.fail();
  return history.points(account).map(({ changeSince }) => changeSince);
}

Deno.test("a backfill reads the past once, after the first reading, and leaves the readings as they are", async () => {
  const { all, state, source, run } = await setUp();
  using log = catchLog();
  await run();
  assert.equal(source.asked.length, 0, "nothing is read yet");
  all.record(0, [100n, 100n]);
  const before = statesOf(state).map(({ reading, spent, received }) => ({ reading, spent, received }));
  const { generation } = all.store;
  await run();
  assert.deepEqual(source.asked.map(({ ages }) => ages), [Array.from({ length: 24 }, (_, hour) => HOUR * (hour + 1))]);
  assert.deepEqual(changesIn(state), Array.from({ length: 25 }, (_, hour) => -10 * (24 - hour) || 0));
  assert.deepEqual(statesOf(state).map(({ reading, spent, received }) => ({ reading, spent, received })), before);
  assert.ok(all.store.generation > generation, "pages show it");
  assert.deepEqual(statesOf(state)[0]?.outflow, { hour: undefined, day: 10 / HOUR });
  await run();
  assert.equal(source.asked.length, 1);
  assert.deepEqual(log.lines.map(({ msg, since, balances }) => [msg, since, balances]), [["History read", "24 h", 2]]);
});

Deno.test("a backfill reads as far back as it is configured, and nothing unless it is", async () => {
  const { all, source, run } = await setUp("backfill: 3h");
  all.record(0, [1n, 1n]);
  await run();
  assert.deepEqual(source.asked[0]?.ages, [HOUR, 2 * HOUR, 3 * HOUR]);
  const off = await setUp("outflow: true");
  off.all.record(0, [1n, 1n]);
  await off.run();
  assert.equal(off.source.asked.length, 0);
});

Deno.test("a backfill reads the past of an account that is read later, or that a reload added, and of no other", async () => {
  const { all, clock, state, source, run, backfill } = await setUp();
  all.record(0, [100n, "timeout"]);
  await run();
  assert.deepEqual(source.asked[0]?.accounts.map(({ holder }) => holder), [addressOf(1)]);
  await clock.advance(60_000);
  all.record(0, [100n, 100n]);
  await run();
  assert.deepEqual(source.asked[1]?.accounts.map(({ holder }) => holder), [addressOf(2)]);
  const [plan] = (await planOfV2(configOf("backfill: 24h", 3))).networks;
  const next = carryOver(state, plan ?? assert.fail(), clock);
  all.store.networks = [next];
  all.record(0, [90n, 90n, 100n]);
  await run(createBackfill(all.store, next, source, backfill));
  assert.deepEqual(source.asked[2]?.accounts.map(({ holder }) => holder), [addressOf(3)]);
  assert.deepEqual(changesIn(next, 2).slice(-2), [-10, 0]);
  assert.equal(changesIn(next, 0)[0], -250, "the others keep theirs");
});

Deno.test("a backfill goes on in the next poll where it could not end in this one", async () => {
  const { all, clock, state, source, run } = await setUp();
  all.record(0, [100n, 100n]);
  source.answer = (request) => {
    readAll({ ...request, ages: request.ages.slice(0, 10) });
    return { endpoint: "node", failure: new RpcError("timeout", "no time left for a request") };
  };
  using log = catchLog();
  await run();
  await clock.advance(60_000);
  all.record(0, [99n, 100n]);
  source.answer = readAll;
  await run();
  const ages = source.asked[1]?.ages ?? [];
  assert.deepEqual([ages.length, Math.round((ages[0] ?? 0) / HOUR)], [14, 11]);
  assert.deepEqual(changesIn(state).slice(0, 2), [-241, -231], "without a gap, and with what was spent meanwhile");
  assert.deepEqual(log.lines.map(({ msg }) => msg), ["History read"]);
});

Deno.test("a backfill gives up what cannot be read, and says so once", async () => {
  const cases: readonly (readonly [RpcError, number, number, RegExp])[] = [
    [new RpcError("missing", "no endpoint runs state overrides", "unsupported"), 0, 1, /^History not read, it grows/],
    [new RpcError("state_unavailable", "missing trie node"), 0, 1, /^No history, it grows from now on$/],
    [
      new RpcError("state_unavailable", "missing trie node"),
      1500,
      1,
      /^History since 25 min, nobody has older balances$/,
    ],
    [new RpcError("integrity", "the answer has no valid tag"), 3 * HOUR, 1, /^History since 3 h/],
    [new RpcError("http_server", "HTTP 503"), 0, 5, /^No history/],
  ];
  for (const [failure, age, runs, expected] of cases) {
    const { all, source, run } = await setUp();
    all.record(0, [100n, 100n]);
    source.answer = ({ accounts, onPast }) => {
      if (age > 0) onPast({ age, amounts: accounts.map((account) => [account, 5n] as const) });
      return { failure };
    };
    using log = catchLog();
    for (let poll = 0; poll < 7; poll++) await run();
    assert.equal(source.asked.length, runs, failure.message);
    assert.equal(log.lines.length, 1);
    assert.match(String(log.lines[0]?.["msg"]), expected);
  }
});

Deno.test("a backfill that a reload turns on reads what is older than the history, and leaves that as it is", async () => {
  const setting = await setUp("outflow: true");
  const { all, clock, source, run } = setting;
  for (let hour = 0; hour <= 3; hour++) {
    all.record(0, [100n - 5n * BigInt(hour), 100n]);
    if (hour < 3) clock.skip(1000 * HOUR);
  }
  const [state, backfill] = reload(setting, await planWith("backfill: 6h"));
  source.answer = (request) => {
    for (const [index, age] of request.ages.entries()) {
      request.onPast({ age, amounts: request.accounts.map((account) => [account, 200n + BigInt(index)] as const) });
    }
    return { endpoint: "node" };
  };
  await run(backfill);
  assert.deepEqual(source.asked[0]?.ages, [1, 2, 3, 4, 5, 6].map((hour) => HOUR * hour));
  // Six to four hours ago it was 205, 204 and 203; then what was read.
  assert.deepEqual(changesIn(state), [85 - 205, 85 - 204, 85 - 203, -15, -10, -5, 0]);
});

Deno.test("a backfill reads at the times of what is known of other accounts", async () => {
  const setting = await setUp();
  const { all, clock, source, run } = setting;
  source.answer = (request) => readAll({ ...request, ages: request.ages.map((age) => age + 240) });
  all.record(0, [100n, 100n]);
  await run();
  clock.skip(600_000);
  const [, backfill] = reload(setting, await planWith("backfill: 24h", 3));
  all.record(0, [100n, 100n, 100n]);
  await run(backfill);
  // The others were read 240 s earlier than each full hour before the first poll, ten minutes ago.
  assert.deepEqual(source.asked[1]?.ages, Array.from({ length: 24 }, (_, hour) => HOUR * (hour + 1) + 840));
});

Deno.test("a backfill reads the past of tokens as well", async () => {
  const { all, source, run } = await setUp(
    `backfill: 24h, tokens: [{ symbol: T, address: "${addressOf(9)}", decimals: 6 }]`,
    1,
  );
  all.record(0, [100n, 7n]);
  await run();
  assert.deepEqual(source.asked[0]?.accounts.map(({ asset }) => asset.kind), ["native", "erc20"]);
});

Deno.test("a backfill ignores accounts that it did not ask for, and those whose history is over", async () => {
  const { all, clock, state, source, run } = await setUp("backfill: 24h", 3);
  all.record(0, [100n, "timeout", "timeout"]);
  for (let polls = 0; polls < 60; polls++) {
    clock.skip(500 * HOUR);
    if (polls >= 10) all.record(0, ["timeout", "timeout", 100n]);
  }
  all.record(0, ["timeout", 100n, 100n]);
  source.answer = (request) => readAll({ ...request, accounts: state.plan.accounts });
  await run();
  assert.deepEqual(source.asked[0]?.accounts.map(({ holder }) => holder), [addressOf(2), addressOf(3)]);
  assert.deepEqual(changesIn(state, 0), []);
});

Deno.test("a backfill of other accounts adds nothing to those that were read", async () => {
  const setting = await setUp("backfill: 3h");
  const { all, source, run } = setting;
  all.record(0, [100n, 100n]);
  await run();
  const [state, backfill] = reload(setting, await planWith("backfill: 6h", 3));
  all.record(0, [100n, 100n, 100n]);
  source.answer = (request) => readAll({ ...request, accounts: state.plan.accounts });
  await run(backfill);
  assert.deepEqual([0, 1, 2].map((wallet) => changesIn(state, wallet).length), [4, 4, 7]);
});

Deno.test("a backfill asks nothing when the time of the poll is over, and of a source without a past", async () => {
  const { all, clock, state, source, backfill, run } = await setUp();
  all.record(0, [100n, 100n]);
  const stop = new AbortController();
  stop.abort();
  using deadline = startDeadline(clock, 50_000, stop.signal);
  await backfill.run({ clock, timeout: 1000, deadline });
  assert.equal(source.asked.length, 0);
  const { readPast: _, ...other } = source;
  await run(createBackfill(all.store, state, other));
  assert.equal(all.store.generation, 1);
});

Deno.test("a backfill of parts of an hour reads full hours", async () => {
  const { all, source, run } = await setUp("backfill: 90m");
  all.record(0, [1n, 1n]);
  await run();
  assert.deepEqual(source.asked[0]?.ages, [HOUR]);
});

Deno.test("a backfill that read nothing changes no page", async () => {
  const { all, source, run } = await setUp();
  all.record(0, [100n, 100n]);
  source.answer = () => ({ failure: new RpcError("timeout", "") });
  const { generation } = all.store;
  using _log = catchLog();
  await run();
  assert.equal(all.store.generation, generation);
});

Deno.test("a backfill is tried again after what passes by itself, five times", async () => {
  const runs: readonly (readonly [Reason, Refusal | undefined, number])[] = [
    ["http_server", undefined, 5],
    ["connect", undefined, 5],
    ["envelope", undefined, 5],
    ["throttled", undefined, 5],
    ["throttled", "size", 5],
    ["throttled", "unsupported", 1],
    ["integrity", undefined, 1],
    ["wrong_chain", undefined, 1],
    ["state_unavailable", undefined, 1],
  ];
  for (const [reason, refusal, expected] of runs) {
    const { all, source, run } = await setUp();
    all.record(0, [100n, 100n]);
    source.answer = () => ({ failure: new RpcError(reason, "", refusal) });
    using _log = catchLog();
    for (let poll = 0; poll < 7; poll++) await run();
    assert.equal(source.asked.length, expected, `${reason} ${refusal}`);
  }
});

Deno.test("the log says how far back the history goes: in minutes below two hours, else in hours", async () => {
  const since = async (minutes: number, refusal?: Refusal): Promise<string> => {
    const { all, source, run } = await setUp();
    all.record(0, [100n, 100n]);
    source.answer = ({ accounts, onPast }) => {
      onPast({ age: 60 * minutes, amounts: accounts.map((account) => [account, 5n] as const) });
      return { failure: new RpcError("missing", "", refusal) };
    };
    using log = catchLog();
    await run();
    return /^History since (.*), nobody/.exec(String(log.lines[0]?.["msg"]))?.[1] ?? "";
  };
  const known: readonly (readonly [number, string])[] = [
    [1, "1 min"],
    [119, "119 min"],
    [120, "2 h"],
    [121, "2 h"],
    [23.5 * 60 - 1, "23 h"],
    [23.5 * 60, "24 h"],
  ];
  for (const [minutes, expected] of known) assert.equal(await since(minutes), expected);
  assert.equal(await since(60, "unsupported"), "60 min");
});
