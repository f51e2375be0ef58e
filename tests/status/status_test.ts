import assert from "node:assert/strict";
import * as v from "valibot";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { createStatusReader, type Status } from "../../src/status/status.ts";
import { statusJson } from "../../src/status/status_json.ts";
import { type StatusDocument, statusSchema } from "../../src/status/status_schema.ts";
import { collectGarbage } from "../fakes/collect_garbage.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, type Entries, networkAt, planOfV2, pollOf, type Watched, watched } from "../fakes/watched.ts";

const MINUTE = 60_000;

function wallet(index: number, minimum?: number): Entries[string][number] {
  return { address: addressOf(index), label: `wallet ${index}`, min_balance_eth: minimum };
}

interface SetUp extends Watched {
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly read: () => Promise<Status>;
}

function setUp(entries: Entries | Plan): SetUp {
  const clock = createFakeClock();
  const all = watched(entries, { clock });
  const read = createStatusReader({ store: all.store, clock, self: all.self, interval: () => 5 * MINUTE });
  return { ...all, clock, read };
}

/** Labels of wallets with their conditions, in the order of the status. */
function conditionsOf({ wallets }: Status): readonly (readonly [string, unknown])[] {
  return wallets.map(({ wallet, condition }) => [wallet.label, condition]);
}

Deno.test("a status has the most urgent wallets first, then the shortest time left, then the order of the plan", async () => {
  const all = setUp({
    "http://a.example/": [wallet(1), wallet(2, 1), wallet(3, 1), wallet(4), wallet(5), wallet(6, 1)],
  });
  const outcomesAt = (
    spent: bigint,
  ) => [COIN, COIN / 2n, COIN / 8n, 80n * COIN - spent, "timeout" as const, 2n * COIN];
  for (let minutes = 0n; minutes <= 420n; minutes += 5n) {
    all.record(0, outcomesAt(minutes * COIN / 50n));
    await all.clock.advance(5 * MINUTE);
  }
  const status = await all.read();
  assert.deepEqual(conditionsOf(status), [
    ["wallet 3", "critical"],
    ["wallet 2", "minimum"],
    ["wallet 4", "depleting_soon"],
    ["wallet 5", "unreadable"],
    ["wallet 1", undefined],
    ["wallet 6", undefined],
  ]);
  const [critical, minimum, soon, unreadable] = status.alerts;
  assert.deepEqual(
    [critical?.name, critical?.severity, critical?.text],
    ["WalletBalanceCriticallyLow", "critical", "0.125 ETH, less than a quarter of the minimum of 1 ETH"],
  );
  assert.deepEqual(
    [minimum?.name, minimum?.severity, minimum?.text],
    ["WalletBalanceBelowMinimum", "warning", "0.5 ETH, below the minimum of 1 ETH"],
  );
  assert.deepEqual([soon?.name, soon?.text], [
    "WalletBalanceDepletingSoon",
    "71.6 ETH, empty in 2 d 11 h at its present rate",
  ]);
  assert.deepEqual([unreadable?.name, unreadable?.text, unreadable?.since], [
    "WalletBalanceCheckFailing",
    "Cannot be read: timeout",
    undefined,
  ]);
});

/** Parses a status, by its schema. */
function documentOf(status: Status): StatusDocument {
  return v.parse(statusSchema, JSON.parse([...statusJson(status)].join("")));
}

Deno.test("a low balance that is spent fast is critical after ten minutes, one large transfer is not", async () => {
  const all = setUp({ "http://a.example/": [wallet(1, 150), wallet(2, 20), wallet(3)] });
  const conditions: unknown[] = [];
  for (let minute = 0n; minute <= 20n; minute++) {
    const spent = 100n * COIN - minute * COIN;
    all.record(0, [spent, minute < 5n ? 100n * COIN : 10n * COIN, spent]);
    conditions.push((await all.read()).wallets.map(({ condition }) => condition).join());
    await all.clock.advance(MINUTE);
  }
  // The first columns become one: what it covers is not known any more.
  const last = "depleting_fast,minimum,depleting_soon";
  const first = conditions.indexOf(last);
  assert.ok(first >= 10 && first <= 13, `after ${first} minutes`);
  assert.deepEqual(new Set(conditions.slice(0, first)), new Set(["minimum,,", "minimum,minimum,"]));
  assert.ok(conditions.slice(first).every((each) => each === last));
});

Deno.test("a status says since when a balance is below, and what was last read of one that cannot be read", async () => {
  const all = setUp({ "http://a.example/": [wallet(1, 1), wallet(2)] });
  const started = all.clock.epoch();
  for (let minutes = 0; minutes <= 60; minutes += 5) {
    all.record(0, [minutes < 30 ? 2n * COIN : COIN / 2n, minutes < 45 ? COIN : "timeout"]);
    if (minutes < 60) await all.clock.advance(5 * MINUTE);
  }
  const { alerts } = await all.read();
  assert.deepEqual(alerts.map(({ name, since = NaN }) => [name, (since - started) / 60]), [
    ["WalletBalanceBelowMinimum", 30],
    ["WalletBalanceCheckFailing", 40],
  ]);
});

/** Wallet 1 has a maximum of 10 ETH, and one of 100.5 USDC; wallet 2 of 20 ETH. */
const MAXIMUMS = `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example"]
    tokens: [{ symbol: USDC, address: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", decimals: 6, wallets: named }]
    wallets:
      - address: "${addressOf(1)}"
        label: wallet 1
        thresholds: { minimum: 1, maximum: 10 }
        tokens: { USDC: { maximum: 100.5 } }
      - { address: "${addressOf(2)}", label: wallet 2, thresholds: { maximum: 20 } }
      - { address: "${addressOf(3)}", label: wallet 3 }
`;

Deno.test("a balance above its maximum is an alert of severity info, since when it is; one at its maximum is fine", async () => {
  const all = setUp(await planOfV2(MAXIMUMS));
  networkAt(all.store, 0).decimals = new Map([["0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 6]]);
  all.record(0, [10n * COIN, 20n * COIN, 99n * COIN, 100_500_000n]);
  assert.deepEqual((await all.read()).alerts, []);
  await all.clock.advance(15 * MINUTE);
  const since = all.clock.epoch();
  all.record(0, [10n * COIN, 20n * COIN + 1n, 99n * COIN, 100_500_001n]);
  assert.deepEqual((await all.read()).alerts.map(({ since }) => since), [since, since]);
  all.record(0, [10n * COIN, 20n * COIN + 10n ** 16n, 99n * COIN, 100_600_000n]);
  await all.clock.advance(15 * MINUTE);
  all.record(0, [10n * COIN, 21n * COIN, 99n * COIN, 200_000_000n]);
  const status = await all.read();
  assert.deepEqual(status.alerts.map((alert) => [alert.name, alert.severity, alert.text, alert.since]), [
    ["WalletTokenBalanceAboveMaximum", "info", "200 USDC, above the maximum of 100.5 USDC", since],
    ["WalletBalanceAboveMaximum", "info", "21 ETH, above the maximum of 20 ETH", since],
  ]);
  const { wallets, alerts } = documentOf(status);
  assert.deepEqual(
    wallets.map(({ balances }) => balances.map(({ condition, thresholds }) => [condition, thresholds])),
    [
      [[null, { minimum: "1", maximum: "10" }], ["above_maximum", { maximum: "100.5" }]],
      [["above_maximum", { maximum: "20" }]],
      [[null, {}]],
    ],
  );
  assert.deepEqual(alerts.map(({ severity }) => severity), ["info", "info"]);
});

Deno.test("a balance above its maximum is less urgent than a low one, and is not known if it cannot be read", async () => {
  const all = setUp(await planOfV2(MAXIMUMS));
  all.record(0, [COIN / 2n, 21n * COIN, "timeout", 100_500_001n]);
  assert.deepEqual(conditionsOf(await all.read()), [
    ["wallet 1", "minimum"],
    ["wallet 2", "above_maximum"],
    ["wallet 3", "unreadable"],
  ]);
  const network = networkAt(all.store, 0);
  const failed = pollOf(Array(4).fill("timeout"), undefined, new RpcError("timeout", ""), network.plan.accounts);
  await all.clock.advance(MINUTE);
  recordPoll(all.store, network, failed, all.clock, all.clock.now());
  const { wallets } = await all.read();
  assert.deepEqual(wallets.map(({ holdings }) => holdings.map(({ condition }) => condition)), [
    ["minimum", "unreadable"],
    ["unreadable"],
    ["unreadable"],
  ]);
});

Deno.test("a status has critical alerts first, then warnings, whatever they are about", async () => {
  const all = setUp({ "http://a.example/": [wallet(1, 1)], "http://b.example/": [wallet(2)] });
  all.record(0, [COIN / 2n]);
  all.record(1, ["timeout"]);
  const { alerts } = await all.read();
  assert.deepEqual(alerts.map(({ name, severity }) => [name, severity]), [
    ["WalletBalanceNetworkUnreachable", "critical"],
    ["WalletBalanceBelowMinimum", "warning"],
  ]);
});

Deno.test("a status has one alert of a network that cannot be read, not one per wallet", async () => {
  const all = setUp({ "http://a.example/": [wallet(1), wallet(2)], "http://b.example/": [wallet(3)] });
  all.record(0, [COIN, COIN]);
  all.record(1, [COIN]);
  await all.clock.advance(MINUTE);
  const network = networkAt(all.store, 0);
  const failed = pollOf(["timeout", "timeout"], undefined, new RpcError("timeout", ""), network.plan.accounts);
  recordPoll(all.store, network, failed, all.clock, all.clock.now());
  const { alerts, wallets } = await all.read();
  assert.deepEqual(alerts.map(({ name, text, since }) => [name, text, since]), [
    ["WalletBalanceNetworkUnreachable", "None of its 2 wallets can be read", all.clock.epoch() - 60],
  ]);
  assert.deepEqual(wallets.map(({ condition }) => condition), ["unreadable", "unreadable", undefined]);
});

Deno.test("a network that cannot be read is one alert even if one of its wallets is low", async () => {
  const all = setUp({ "http://a.example/": [wallet(1), wallet(2, 1), wallet(3)] });
  all.record(0, [COIN, COIN / 2n, COIN]);
  await all.clock.advance(MINUTE);
  const namesOf = async (): Promise<readonly string[]> => (await all.read()).alerts.map(({ name }) => name);
  const network = networkAt(all.store, 0);
  const failed = pollOf(Array(3).fill("timeout"), undefined, new RpcError("timeout", ""), network.plan.accounts);
  recordPoll(all.store, network, failed, all.clock, all.clock.now());
  assert.deepEqual(await namesOf(), ["WalletBalanceNetworkUnreachable", "WalletBalanceBelowMinimum"]);
  all.record(0, ["timeout", "timeout", COIN]);
  assert.deepEqual(await namesOf(), ["WalletBalanceBelowMinimum", "WalletBalanceCheckFailing"]);
});

Deno.test("a status knows rejected entries and a reload that failed", async () => {
  const all = setUp({ "http://a.example/": [wallet(1), { address: "no address", label: "bad" }] });
  all.record(0, [COIN]);
  all.self.recordFailedReload();
  const { alerts } = await all.read();
  assert.deepEqual(alerts.map(({ name, text }) => [name, text]), [
    ["WalletBalanceExporterConfigEntriesRejected", "1 entry rejected and not monitored"],
    [
      "WalletBalanceExporterConfigReloadFailed",
      "The last change of the configuration could not be applied: the one before is in use",
    ],
  ]);
});

Deno.test("a status is starting until each network was polled, and knows no problem of what was not tried", async () => {
  const all = setUp({ "http://a.example/": [wallet(1, 1)], "http://b.example/": [wallet(2)] });
  const first = await all.read();
  assert.deepEqual([first.isStarting, first.alerts, conditionsOf(first)], [true, [], [
    ["wallet 1", undefined],
    ["wallet 2", undefined],
  ]]);
  all.record(0, [COIN]);
  assert.equal((await all.read()).isStarting, true);
  all.record(1, [COIN]);
  assert.equal((await all.read()).isStarting, false);
});

Deno.test("a balance is stale after an hour, or three intervals if that is longer", async () => {
  const clock = createFakeClock();
  const all = watched({ "http://a.example/": [wallet(1)] }, { clock });
  const { store } = all;
  all.record(0, [COIN]);
  const read = (minutes: number) =>
    createStatusReader({ store, clock, self: all.self, interval: () => minutes * MINUTE })();
  await clock.advance(60 * MINUTE);
  assert.deepEqual((await read(5)).alerts, []);
  await clock.advance(MINUTE);
  assert.deepEqual((await read(5)).alerts.map(({ name, text }) => [name, text]), [
    ["WalletBalanceStale", "Last read 1 h 1 min ago"],
  ]);
  assert.deepEqual((await read(30)).alerts, []);
});

Deno.test("a status is made once for all who ask at once, and again after a change or five seconds", async () => {
  const all = setUp({ "http://a.example/": [wallet(1)] });
  const [one, two] = await Promise.all([all.read(), all.read()]);
  assert.equal(one, two);
  assert.equal(await all.read(), one);
  all.record(0, [COIN]);
  const changed = await all.read();
  assert.notEqual(changed, one);
  await all.clock.advance(5000);
  assert.notEqual(await all.read(), changed);
});

Deno.test("statusJson() writes what the schema has, with exact amounts", async () => {
  const all = setUp({ "http://a.example/": [wallet(1, 2), wallet(2)], "http://b.example/": [wallet(3)] });
  all.record(0, [10n ** 24n + 1n, "reverted"]);
  await all.clock.advance(20 * MINUTE);
  all.record(0, [10n ** 24n + 1n - 6n * 10n ** 15n, "reverted"]);
  const { wallets, networks, alerts, starting, config, startedAt, time } = documentOf(await all.read());
  assert.equal(config.source, "/etc/wallets.yaml");
  assert.ok(startedAt > 0 && startedAt <= time);
  const balance = wallets.find(({ label }) => label === "wallet 1")?.balances[0];
  assert.deepEqual(
    [balance?.balance, balance?.amount, balance?.thresholds, balance?.spent, balance?.received],
    ["999999.994000000000000001", "999999994000000000000001", { minimum: "2" }, "0.006", "0"],
  );
  assert.deepEqual(balance?.change1h, { amount: -0.006, spent: 0.006, seconds: 1200 });
  assert.ok(Math.abs((balance?.outflowPerSecond ?? 0) - 0.000005) < 1e-11);
  assert.ok(Math.abs((balance?.secondsToEmpty ?? 0) / 199_999_998_800 - 1) < 1e-6);
  assert.deepEqual(alerts.map(({ alert, label }) => [alert, label]), [["WalletBalanceCheckFailing", "wallet 2"]]);
  assert.deepEqual([networks.map(({ name }) => name), starting], [["a", "b"], true]);
});

Deno.test("statusJson() keeps hostile labels as they are, in chunks of a bounded size", async () => {
  const label = `</script>"\\\u2028\u202e😀${"x".repeat(1000)}`;
  const entries = Array.from({ length: 200 }, (_, index) => ({ address: addressOf(index + 1), label }));
  const all = setUp({ "http://a.example/": entries });
  const chunks = [...statusJson(await all.read())];
  assert.ok(chunks.length > 5 && chunks.every(({ length }) => length < 40_000), String(chunks.map((c) => c.length)));
  const { wallets } = v.parse(statusSchema, JSON.parse(chunks.join("")));
  assert.deepEqual([wallets.length, wallets.every((wallet) => wallet.label === label)], [200, true]);
});

Deno.test("a status that nobody holds is no reason to keep the plan before a reload", async () => {
  const all = setUp({ "http://a.example/": [wallet(1)] });
  all.record(0, [COIN]);
  const ref = await all.read().then((status) => new WeakRef(status));
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  assert.equal(ref.deref(), undefined);
});
