import assert from "node:assert/strict";
import fc from "fast-check";
import { addressOf, COIN, networkAt, planOf, planOfV2, watched } from "../fakes/watched.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import { notifyChanged } from "../../src/poller/state.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { MAX_ALERTS } from "../../src/alertmanager/alert_set.ts";
import { type Behaviour, createFakeAlertmanager } from "./fake_alertmanager.ts";
import { type Clock, systemClock, yieldToEventLoop } from "../../src/util/clock.ts";
import { postAlerts } from "../../src/alertmanager/post_alerts.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { OPTIONS, startPosting } from "./posting.ts";

const MINUTE = 60_000;
const HEARTBEAT = "Heartbeat";

const PLAN = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    endpoints: ["http://node.example/"]
    wallets:
      - address: "${addressOf(1)}"
        label: bridge
        labels: {team: a}
        thresholds: {warning: 10, minimum: 5, critical: 1, maximum: 1000}
      - address: "${addressOf(2)}"
        label: relayer
        thresholds: {minimum: 4}
`);

Deno.test("all levels that a balance is below are posted at once, and end with it", async () => {
  await using all = startPosting(PLAN);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  all.record(0, [COIN / 2n, 10n * COIN]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [
    "BelowMinimum bridge 5",
    "BelowWarning bridge",
    "CriticallyLow bridge",
    HEARTBEAT,
  ]);
  all.record(0, [7n * COIN, COIN / 2n]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), ["BelowMinimum relayer 4", "BelowWarning bridge", "CriticallyLow relayer", HEARTBEAT]);
  all.record(0, [2000n * COIN, 4n * COIN]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), ["AboveMaximum bridge", HEARTBEAT]);
});

Deno.test("an alert has the labels, texts and times of version 2 of the API", async () => {
  await using all = startPosting(PLAN, {
    urlOf: ({ network, address }) => address && `https://x.example/wallets/${network}/${address}`,
    interval: 10 * MINUTE,
  });
  all.record(0, [COIN / 2n, 10n * COIN]);
  await all.clock.advance(500);
  const at = all.clock.epoch();
  const [alertmanager] = all.alertmanagers;
  const critical = alertmanager?.firing(at).find(({ labels }) => labels["alertname"] === "WalletBalanceCriticallyLow");
  assert.deepEqual(critical, {
    labels: {
      cluster: "c1",
      namespace: "ns",
      release: "rel",
      address: addressOf(1),
      label: "bridge",
      network: "mainnet",
      team: "a",
      severity: "critical",
      alertname: "WalletBalanceCriticallyLow",
    },
    annotations: {
      summary: "Wallet bridge on mainnet holds 0.5 ETH, below its critical level of 1.",
      description: `Wallet bridge (${addressOf(1)}) on mainnet holds 0.5 ETH, less than its critical level of 1. ` +
        "Top it up now, before its transactions fail.",
      runbook_url: "https://runbooks.example/WalletBalanceCriticallyLow.md",
    },
    startsAt: new Date(1000 * at - 500).toISOString(),
    // Three intervals.
    endsAt: new Date(1000 * at - 500 + 30 * MINUTE).toISOString(),
    generatorURL: `https://x.example/wallets/mainnet/${addressOf(1)}`,
  });
  const beat = alertmanager?.firing(at).find(({ labels }) => labels["severity"] === "none");
  assert.deepEqual(beat?.labels, {
    cluster: "c1",
    namespace: "ns",
    release: "rel",
    severity: "none",
    alertname: "WalletBalanceExporterHeartbeat",
  });
  assert.equal(beat?.generatorURL, undefined);
});

Deno.test("alerts that fire are posted again each minute, with the present balance; one that ended once more", async () => {
  await using all = startPosting(PLAN);
  const [alertmanager] = all.alertmanagers;
  assert.ok(alertmanager !== undefined);
  all.record(0, [COIN / 2n, 10n * COIN]);
  await all.clock.advance(1000);
  const before = alertmanager.requests.length;
  await all.clock.advance(50_000);
  assert.equal(alertmanager.requests.length, before);
  all.record(0, [COIN / 4n, 10n * COIN]);
  await all.clock.advance(10_000);
  assert.equal(alertmanager.requests.length, before + 1);
  const again = alertmanager.requests.at(-1)?.find(({ labels }) =>
    labels["alertname"] === "WalletBalanceCriticallyLow"
  );
  assert.match(again?.annotations["summary"] ?? "", /holds 0\.25 ETH/);
  alertmanager.forget();
  await all.clock.advance(61_000);
  assert.equal(all.firing().length, 4, "an Alertmanager that restarted knows them again");
  all.record(0, [20n * COIN, 10n * COIN]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  const ended = alertmanager.requests.length;
  await all.clock.advance(10 * MINUTE);
  const later = alertmanager.requests.slice(ended).flat();
  assert.ok(later.length >= 9);
  assert.ok(later.every(({ labels }) => labels["severity"] === "none"));
});

Deno.test("what has a duration waits for it, and starts anew when it ended in between", async () => {
  await using all = startPosting(PLAN);
  const fail = async (minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute++) {
      all.record(0, [20n * COIN, "reverted"]);
      await all.clock.advance(MINUTE);
    }
  };
  await fail(14);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  all.record(0, [20n * COIN, 20n * COIN]);
  await all.clock.advance(MINUTE);
  await fail(14);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  await fail(2);
  assert.deepEqual(all.firing(), ["CheckFailing relayer", HEARTBEAT]);
});

Deno.test("one alert of the network stands for its wallets, which stay low while they are not read", async () => {
  await using all = startPosting(PLAN);
  all.record(0, [COIN / 2n, 20n * COIN]);
  await all.clock.advance(1000);
  for (let minute = 0; minute < 70; minute++) {
    all.record(0, ["timeout", "timeout"]);
    await all.clock.advance(MINUTE);
  }
  assert.deepEqual(all.firing(), [
    "BelowMinimum bridge 5",
    "BelowWarning bridge",
    "CriticallyLow bridge",
    HEARTBEAT,
    "NetworkUnreachable mainnet",
    "Stale bridge",
    "Stale relayer",
  ]);
});

Deno.test("alerts outlive a reload that keeps the wallets, and end with a wallet or network that is removed", async () => {
  await using all = startPosting(PLAN);
  all.record(0, [COIN / 2n, COIN / 2n]);
  await all.clock.advance(1000);
  const network = networkAt(all.store, 0);
  const [bridge, relayer] = network.plan.wallets;
  assert.ok(bridge !== undefined && relayer !== undefined);
  const { known } = all.alertmanagers[0] ?? { known: new Map() };
  const startsOf = (): readonly string[] => [...known.values()].map(({ startsAt }) => startsAt);
  const before = startsOf();
  await all.clock.advance(MINUTE);
  all.store.networks = [carryOver(network, { ...network.plan, accounts: [...network.plan.accounts] }, all.clock)];
  notifyChanged(all.store);
  await all.clock.advance(MINUTE);
  assert.equal(all.firing().length, 6);
  assert.deepEqual(startsOf(), before);
  all.store.networks = [carryOver(networkAt(all.store, 0), { ...network.plan, wallets: [bridge] }, all.clock)];
  notifyChanged(all.store);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), ["BelowMinimum bridge 5", "BelowWarning bridge", "CriticallyLow bridge", HEARTBEAT]);
  all.store.networks = [];
  notifyChanged(all.store);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
});

Deno.test("what is unknown since a reload is kept until the first poll", async () => {
  await using all = startPosting(PLAN);
  all.record(0, [COIN / 2n, 20n * COIN]);
  await all.clock.advance(1000);
  const { plan } = networkAt(all.store, 0);
  // Another chain: nothing is carried over.
  const other = carryOver(networkAt(all.store, 0), { ...plan, chainId: 5 }, all.clock);
  assert.equal(other.lastFinished, undefined);
  all.store.networks = [other];
  notifyChanged(all.store);
  await all.clock.advance(5 * MINUTE);
  assert.equal(all.firing().length, 4);
  all.record(0, [20n * COIN, 20n * COIN]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
});

Deno.test("after a restart nothing is posted as ended", async () => {
  await using all = startPosting(PLAN);
  await all.clock.advance(MINUTE);
  all.record(0, [20n * COIN, 20n * COIN]);
  await all.clock.advance(10 * MINUTE);
  const posted = all.alertmanagers.flatMap(({ requests }) => requests.flat());
  assert.deepEqual([...new Set(posted.map(({ labels }) => labels["severity"]))], ["none"]);
});

Deno.test("an Alertmanager that hangs or fails delays no other, and gets all when it is back", async () => {
  using log = catchLog();
  await using all = startPosting(PLAN, { alertmanagers: 3 });
  const [good, down, silent] = all.alertmanagers;
  assert.ok(good !== undefined && down !== undefined && silent !== undefined);
  down.behaviour = "unreachable";
  silent.behaviour = "hang";
  all.record(0, [COIN / 2n, 20n * COIN]);
  await all.clock.advance(1000);
  assert.equal(all.firing(good).length, 4);
  await all.clock.advance(5 * MINUTE);
  assert.deepEqual([all.firing(down), all.firing(silent)], [[], []]);
  down.behaviour = "accept";
  await all.clock.advance(31_000);
  assert.equal(all.firing(down).length, 4);
  down.behaviour = "unreachable";
  all.record(0, [20n * COIN, 20n * COIN]);
  await all.clock.advance(10 * MINUTE);
  assert.equal(all.firing(down).length, 4, "it still holds them");
  down.behaviour = "accept";
  await all.clock.advance(31_000);
  assert.deepEqual(all.firing(down), [HEARTBEAT]);
  const lines = log.lines.filter(({ alertmanager }) => alertmanager === down.name).map(({ msg }) => msg);
  assert.deepEqual(lines, [
    "Alertmanager cannot be reached",
    "Alertmanager accepts alerts",
    "Alertmanager cannot be reached",
    "Alertmanager accepts alerts",
  ]);
  assert.ok(down.counts.failed > 0 && down.counts.posted > 0);
});

Deno.test("the exporter's own conditions are posted: a refused reload, a stalled poll", async () => {
  await using all = startPosting(PLAN);
  all.record(0, [20n * COIN, 20n * COIN]);
  all.self.recordFailedReload();
  notifyChanged(all.store);
  await all.clock.advance(4 * MINUTE);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  await all.clock.advance(2 * MINUTE);
  assert.deepEqual(all.firing(), ["ConfigReloadFailed", HEARTBEAT]);
  await all.clock.advance(15 * MINUTE);
  assert.deepEqual(all.firing(), ["ConfigReloadFailed", HEARTBEAT, "Stalled"]);
});

Deno.test("a balance that is too old to be shown is not low any more", async () => {
  await using all = startPosting(PLAN, { staleAfter: 20 * MINUTE });
  all.record(0, [COIN / 2n, 20n * COIN]);
  await all.clock.advance(19 * MINUTE);
  assert.ok(all.firing().includes("CriticallyLow bridge"));
  await all.clock.advance(2 * MINUTE);
  assert.deepEqual(all.firing().filter((each) => each.includes("Low") || each.includes("Below")), []);
});

/** One thing that happens. */
type Step =
  | { readonly amounts: readonly number[] }
  | { readonly behaviours: readonly Behaviour[] }
  | { readonly seconds: number }
  | { readonly wallets: number }
  | { readonly forgets: number }
  | { readonly wallSeconds: number };

const WALLETS = 3;
/** In coins; none of a wallet that cannot be read. */
const AMOUNTS = [0, 0.5, 3, 7, 20, 2000] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ amounts: fc.tuple(...Array.from({ length: WALLETS }, () => fc.nat(6))) }) },
  { weight: 4, arbitrary: fc.record({ seconds: fc.oneof(fc.nat(90), fc.nat(2000)) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      behaviours: fc.tuple(
        ...Array.from(
          { length: 2 },
          () => fc.constantFrom<Behaviour>("accept", "accept", "unreachable", "refuse", "lose the response"),
        ),
      ),
    }),
  },
  fc.record({ wallets: fc.integer({ min: 1, max: WALLETS }) }),
  fc.record({ forgets: fc.nat(1) }),
  fc.record({ wallSeconds: fc.nat(300) }),
);

function walletText(index: number): string {
  const thresholds = "{warning: 10, minimum: 5, critical: 1, maximum: 1000}";
  return `      - {address: "${addressOf(index + 1)}", label: w${index}, thresholds: ${thresholds}}`;
}

const THREE = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    endpoints: ["http://node.example/"]
    wallets:
${Array.from({ length: WALLETS }, (_, index) => walletText(index)).join("\n")}
`);

/** What holds of a balance, by its own words. */
function expectedOf(label: string, coins: number | undefined): readonly string[] {
  if (coins === undefined) return [];
  const levels: readonly (readonly [string, boolean])[] = [
    [`BelowMinimum ${label} 5`, coins < 5],
    [`BelowWarning ${label}`, coins < 10],
    [`CriticallyLow ${label}`, coins < 1],
    [`AboveMaximum ${label}`, coins > 1000],
  ];
  return levels.flatMap(([name, holds]) => holds ? [name] : []);
}

Deno.test("whatever happened, an Alertmanager that is back holds what holds", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using all = startPosting(THREE, { alertmanagers: 2 });
      const [network] = THREE.networks;
      assert.ok(network !== undefined);
      const balances: (number | undefined)[] = Array.from({ length: WALLETS });
      let wallets = WALLETS;
      for (const each of steps) {
        if ("amounts" in each) {
          all.record(0, each.amounts.map((index) => BigInt(2 * (AMOUNTS[index] ?? NaN) || 0) * COIN / 2n));
          each.amounts.forEach((index, place) => balances[place] = AMOUNTS[index] ?? 0);
        } else if ("behaviours" in each) {
          all.alertmanagers.forEach((one, index) => one.behaviour = each.behaviours[index] ?? "accept");
        } else if ("wallets" in each) {
          wallets = each.wallets;
          const plan = { ...network, wallets: network.wallets.slice(0, wallets) };
          all.store.networks = [carryOver(networkAt(all.store, 0), plan, all.clock)];
          notifyChanged(all.store);
        } else if ("forgets" in each) {
          all.alertmanagers[each.forgets]?.forget();
        } else if ("wallSeconds" in each) {
          all.clock.setWall(each.wallSeconds);
        } else {
          await all.clock.advance(1000 * each.seconds);
        }
      }
      for (const each of all.alertmanagers) each.behaviour = "accept";
      await all.clock.advance(2 * MINUTE);
      const isLevel = (name: string): boolean => /^(Below|Critically|Above)/.test(name);
      const expected = balances.slice(0, wallets).flatMap((coins, index) => expectedOf(`w${index}`, coins)).toSorted();
      for (const each of all.alertmanagers) {
        assert.deepEqual(all.firing(each).filter(isLevel), expected);
        assert.ok(all.firing(each).includes(HEARTBEAT));
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("a wallet that is spent evenly is posted after the waiting time of the rule, one that is emptied at once", async () => {
  await using all = startPosting(PLAN);
  const spend = async (from: number, to: number): Promise<void> => {
    for (let minute = from; minute < to; minute++) {
      all.record(0, [30n * COIN - BigInt(minute) * COIN / 10n, 20n * COIN]);
      await all.clock.advance(MINUTE);
    }
  };
  await spend(0, 38);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  // By the outflow of an hour, of which ten minutes are known, for half an hour.
  await spend(38, 45);
  assert.deepEqual(all.firing(), ["DepletingSoon bridge", HEARTBEAT]);
  await spend(45, 130);
  assert.deepEqual(all.firing(), ["DepletingSoon bridge", HEARTBEAT]);
  // By the outflow of a day, of which two hours are known, for a quarter of an hour.
  await spend(130, 145);
  assert.deepEqual(all.firing(), ["DepletingFast bridge", "DepletingSoon bridge", HEARTBEAT]);
  all.record(0, [20n * COIN, 0n]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [
    "BelowMinimum relayer 4",
    "CriticallyLow relayer",
    "DepletingFast bridge",
    "DepletingSoon bridge",
    "Emptied relayer",
    HEARTBEAT,
  ]);
});

Deno.test("a token that is spent evenly is posted like a coin, under names of its own", async () => {
  const plan = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    endpoints: ["http://node.example/"]
    tokens:
      - { symbol: USDC, address: "${addressOf(777)}", decimals: 6 }
    wallets:
      - { address: "${addressOf(1)}", label: bridge, tokens: { USDC: { minimum: 40 } } }
`);
  await using all = startPosting(plan);
  networkAt(all.store, 0).decimals = new Map([[addressOf(777), 6]]);
  for (let minute = 0; minute < 145; minute++) {
    all.record(0, [COIN, 30_000_000n - BigInt(minute) * 100_000n]);
    await all.clock.advance(MINUTE);
  }
  assert.deepEqual(all.firing(), [
    HEARTBEAT,
    "TokenBalanceBelowMinimum bridge USDC",
    "TokenBalanceDepletingFast bridge USDC",
    "TokenBalanceDepletingSoon bridge USDC",
  ]);
});

Deno.test("what is wrong with a sender is posted, and a delegation of a muted one as well", async () => {
  const plan = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    endpoints: ["http://node.example/"]
    wallets:
      - { address: "${addressOf(1)}", label: hot, expect: 1h, code: watch, mute: { until: 9999-01-01, reason: x } }
      - { address: "${addressOf(1)}", label: hot too, expect: 1h, code: delegated }
`);
  await using all = startPosting(plan);
  const pass = async (minutes: number, nonce: bigint, code: bigint, pending: bigint): Promise<readonly string[]> => {
    for (let minute = 0; minute < minutes; minute++) {
      all.record(0, [COIN, nonce, code, pending]);
      await all.clock.advance(MINUTE);
    }
    return all.firing();
  };
  assert.deepEqual(await pass(5, 5n, 0n, 5n), [HEARTBEAT]);
  assert.deepEqual(await pass(4, 5n, 6n, 6n), ["Delegated hot", HEARTBEAT]);
  assert.deepEqual(await pass(5, 5n, 6n, 6n), ["Delegated hot", HEARTBEAT, "TransactionsStuck hot too"]);
  assert.deepEqual(await pass(2, 6n, 6n, 6n), ["Delegated hot", HEARTBEAT]);
  assert.deepEqual(await pass(70, 6n, 0n, 6n), [HEARTBEAT]);
  assert.deepEqual(await pass(10, 6n, 0n, 6n), [HEARTBEAT, "Silent hot too"]);
});

Deno.test("transactions or code that cannot be read are one alert of the network, without its muted wallets", async () => {
  const plan = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    transactions: true
    endpoints: ["http://node.example/"]
    wallets:
      - { address: "${addressOf(1)}", label: read }
      - { address: "${addressOf(2)}", label: unread }
      - { address: "${addressOf(3)}", label: muted, mute: { until: 9999-01-01, reason: x } }
`);
  await using all = startPosting(plan);
  const pass = async (minutes: number): Promise<readonly string[]> => {
    const outcomes = plan.networks[0]?.accounts.map(({ asset, holder }) =>
      asset.kind === "code" ? 0n : asset.kind === "native" || holder === addressOf(1) ? COIN : "rpc_error"
    );
    for (let minute = 0; minute < minutes; minute++) {
      all.record(0, outcomes ?? []);
      await all.clock.advance(MINUTE);
    }
    return all.firing();
  };
  assert.deepEqual(await pass(10), [HEARTBEAT]);
  assert.deepEqual(await pass(10), ["CheckFailing mainnet", HEARTBEAT]);
  const [posted] = all.alertmanagers[0]?.firing(all.clock.epoch()).filter(({ labels }) => "kind" in labels) ?? [];
  assert.equal(posted?.labels["kind"], "transactions");
  assert.match(posted?.annotations["description"] ?? "", /The transactions .* \(1 in total\)/);
});

Deno.test("the heartbeat of a shard has its number", async () => {
  await using all = startPosting(PLAN, { shard: 2 });
  await all.clock.advance(1000);
  const [beat] = all.alertmanagers.flatMap(({ requests }) => requests.flat());
  assert.equal(beat?.labels["shard"], "2");
});

Deno.test("more alerts than a batch are posted in several, and too many are not posted", async () => {
  using log = catchLog();
  const addresses = Array.from({ length: MAX_ALERTS / 2 + 50 }, (_, index) => addressOf(index + 1));
  const wallets = addresses.map((address, index) =>
    `      - {address: "${address}", label: w${index}, thresholds: {minimum: 5, critical: 1}}`
  );
  const plan = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    endpoints: ["http://node.example/"]
    wallets:
${wallets.join("\n")}
`);
  await using all = startPosting(plan);
  all.record(0, addresses.map(() => 0n));
  await all.clock.advance(1000);
  const [alertmanager] = all.alertmanagers;
  assert.equal(alertmanager?.known.size, MAX_ALERTS);
  assert.ok(alertmanager.requests.every(({ length }) => length <= 256));
  const warned = log.lines.filter(({ msg }) => msg === "Too many alerts, not all are posted");
  assert.deepEqual(warned.map(({ posted, excess }) => [posted, excess]), [[MAX_ALERTS, 101]]);
});

/** Wallets that are below their minimum and critical level while they hold nothing. */
async function manyWallets(count: number, labelOf: (index: number) => string): Promise<Plan> {
  const wallets = Array.from(
    { length: count },
    (_, index) =>
      `      - {address: "${addressOf(index + 1)}", label: ${JSON.stringify(labelOf(index))}, ` +
      `thresholds: {minimum: 5, critical: 1}}`,
  );
  return await planOfV2(`version: 2
networks:
  - {name: other, chainId: 1, endpoints: ["http://other.example/"], wallets: [{address: "${addressOf(1)}", label: x}]}
  - name: mainnet
    chainId: 1
    endpoints: ["http://node.example/"]
    wallets:
${wallets.join("\n")}
`);
}

Deno.test("alerts end although the wall clock was set back by a day meanwhile", async () => {
  await using all = startPosting(PLAN);
  all.record(0, [20n * COIN, 20n * COIN]);
  await all.clock.advance(1000);
  all.clock.setWall(86_400);
  all.record(0, [COIN / 2n, 20n * COIN]);
  await all.clock.advance(MINUTE);
  assert.equal(all.firing().length, 4);
  all.clock.setWall(-86_400);
  await all.clock.advance(MINUTE);
  assert.equal(all.firing().length, 4);
  const [alertmanager] = all.alertmanagers;
  assert.ok(alertmanager !== undefined);
  const times = [...alertmanager.known.values()].map(({ startsAt, endsAt }) => [startsAt, endsAt].map(Date.parse));
  for (const [startsAt = NaN, endsAt = NaN] of times) {
    assert.ok(startsAt <= 1000 * all.clock.epoch() && endsAt <= 1000 * all.clock.epoch() + 15 * MINUTE);
  }
  all.record(0, [20n * COIN, 20n * COIN]);
  await all.clock.advance(1000);
  assert.deepEqual(all.firing(), [HEARTBEAT]);
  all.clock.setWall(-3600);
  await all.clock.advance(MINUTE);
  assert.deepEqual(all.firing(), [HEARTBEAT], "the ends are not in the future now");
});

Deno.test("as many alerts as are posted can be posted again after a reload that renames their wallets", async () => {
  const count = MAX_ALERTS / 2 - 10;
  await using all = startPosting(await manyWallets(count, (index) => `w${index}`));
  const record = (): void => all.record(1, Array.from({ length: count }, () => 0n));
  record();
  await all.clock.advance(1000);
  assert.equal(all.firing().length, 2 * count + 1);
  const renamed = await manyWallets(count, (index) => `renamed-${index}`);
  all.store.networks = renamed.networks.map((plan, index) => carryOver(networkAt(all.store, index), plan, all.clock));
  notifyChanged(all.store);
  await all.clock.advance(1000);
  assert.equal(all.firing().filter((name) => name.includes("renamed-")).length, 2 * count);
  assert.equal(all.firing().length, 2 * count + 1);
});

Deno.test("alerts of a network are posted although there are too many of wallets", async () => {
  using _log = catchLog();
  const count = MAX_ALERTS / 2 + 50;
  await using all = startPosting(await manyWallets(count, (index) => `w${index}`), { staleAfter: 0 });
  all.record(1, Array.from({ length: count }, () => 0n));
  await all.clock.advance(1000);
  for (let minute = 0; minute < 17; minute++) {
    all.record(0, ["timeout"]);
    await all.clock.advance(MINUTE);
  }
  assert.ok(all.firing().includes("NetworkUnreachable other"));
});

Deno.test("evaluating wallets without alerts lets others run, and is followed by a pause", async () => {
  let ticks = 0;
  const clock: Clock = { ...systemClock, now: () => ++ticks };
  const wallets = 2000;
  const all = watched(await manyWallets(wallets, (index) => `w${index}`), { clock });
  all.record(1, Array.from({ length: wallets }, () => 10n * COIN));
  const stop = new AbortController();
  const alertmanager = createFakeAlertmanager();
  const slept: number[] = [];
  const ended = postAlerts({
    ...OPTIONS,
    receivers: [alertmanager],
    store: all.store,
    status: all.self.status,
    clock: { ...clock, sleep: (ms, signal) => (slept.push(ms), clock.sleep(ms, signal)) },
    stop: stop.signal,
  });
  let turns = 0;
  // The longest pause after an evaluation: the clock ticks at least once for each wallet.
  while (!slept.includes(10_000) && turns < 10_000) {
    await yieldToEventLoop();
    turns++;
  }
  assert.ok(turns > wallets / 10, `${turns} turns`);
  stop.abort();
  await ended;
});

Deno.test("a request that is refused each time is logged once, whatever else is accepted in between", async () => {
  using log = catchLog();
  await using all = startPosting(PLAN);
  const [alertmanager] = all.alertmanagers;
  assert.ok(alertmanager !== undefined);
  await all.clock.advance(20_000);
  alertmanager.refuses = ({ labels }) => labels["label"] === "bridge";
  all.record(0, [COIN / 2n, 20n * COIN]);
  await all.clock.advance(10 * MINUTE);
  const messages = (): readonly unknown[] => log.lines.filter(({ alertmanager }) => alertmanager).map(({ msg }) => msg);
  assert.deepEqual(messages(), ["Alertmanager accepts alerts", "Alertmanager refuses the alerts"]);
  alertmanager.refuses = () => false;
  await all.clock.advance(2 * MINUTE);
  assert.deepEqual(messages().slice(2), ["Alertmanager accepts alerts"]);
});

Deno.test("alerts with long labels are posted in requests that proxies accept", async () => {
  const wallets = Array.from({ length: 100 }, (_, index) => ({
    address: addressOf(index + 1),
    label: index === 0 ? "x".repeat(300_000) : "y".repeat(10_000),
    min_balance_eth: 1,
  }));
  await using all = startPosting(planOf({ "http://node.example/": wallets }));
  const [alertmanager] = all.alertmanagers;
  assert.ok(alertmanager !== undefined);
  all.record(0, wallets.map(() => 0n));
  await all.clock.advance(1000);
  assert.equal(all.firing().length, 201);
  assert.ok(alertmanager.requests.every((request) => request.length === 1 || JSON.stringify(request).length < 420_000));
});
