import assert from "node:assert/strict";
import { stringify } from "yaml";
import { ALERT_TEXTS } from "../../src/alertmanager/annotations.ts";
import type { Finding } from "../../src/alertmanager/finding.ts";
import { listFindings } from "../../src/alertmanager/findings.ts";
import { formatShortest } from "../../src/alertmanager/go_format.ts";
import { HEARTBEAT, POSTED } from "../../src/alertmanager/posted_alerts.ts";
import { createPageStore } from "../../src/metrics/pages/page_store.ts";
import { concat } from "../../src/metrics/pages/piece.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "../../src/poller/state.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { addressOf, COIN, networkAt, planOfV2, type Watched, watched } from "../fakes/watched.ts";
import { rendered, rulesOf } from "./rendered.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

const INTERVAL = 60_000;
const DAY = 86_400_000;
/** In seconds, as `promtool` counts: whole minutes from 0. */
const NOW = 60_000;

const TOKEN = "0x0000000000000000000000000000000000000777";
const BROKEN = "0x0000000000000000000000000000000000000888";

function walletText(index: number, more: string): string {
  return `      - { address: "${addressOf(index)}", label: w${index}${more} }`;
}

/** Every case: all levels, labels of the user, rejected entries, tokens. */
const PLAN = await planOfV2(`version: 2
networks:
  - name: mainnet
    chainId: 1
    endpoints: ["http://a.example/", "http://b.example/"]
    tokens:
      - { symbol: USDC, address: "${TOKEN}", wallets: named }
      - { symbol: BAD, address: "${BROKEN}", wallets: named }
    wallets:
${
  [
    ", thresholds: { warning: 10, minimum: 5, critical: 1, maximum: 100 }, labels: { team: bridge, severity: x, pod: y }",
    ", thresholds: { minimum: 5 }",
    ", thresholds: { minimum: 5 }",
    ", thresholds: { maximum: 100 }",
    ", thresholds: { minimum: 5 }",
    ", thresholds: { minimum: 5 }",
    ", tokens: { USDC: { warning: 10, minimum: 5, maximum: 100 }, BAD: { minimum: 1 } }",
    ", tokens: { USDC: { warning: 10, minimum: 5, critical: 3 }, BAD: { minimum: 1 } }",
    ", tokens: { USDC: { maximum: 100 }, BAD: { minimum: 1 } }",
  ].map((more, index) => walletText(index + 1, more)).join("\n")
}
  - name: down
    chainId: 137
    endpoints: ["http://c.example/", "http://d.example/"]
    wallets:
${[11, 12].map((index) => walletText(index, ", thresholds: { minimum: 5 }")).join("\n")}
  - name: senders
    chainId: 8453
    endpoints: ["http://f.example/"]
    wallets:
${
  [
    ", expect: 1h",
    ", expect: 1h",
    ", transactions: true",
    ", transactions: true",
    ", code: watch",
    ", code: watch",
    ", code: delegated",
    ", code: watch, expect: 1h, mute: { until: 9999-01-01, reason: x }",
    ", expect: 1h",
  ].map((more, index) => walletText(index + 31, more)).join("\n")
}
  - name: slow
    interval: 10s
    chainId: 10
    endpoints: ["http://e.example/"]
    wallets:
${walletText(21, "")}
  - name: halted
    chainId: 42161
    endpoints: ["http://g.example/", "http://h.example/"]
    wallets:
${walletText(51, ", expect: 1h, code: watch")}
`);

/** A state of an account, read some seconds ago. */
function readAgo(amount: bigint, seconds: number, now: number, more: Partial<AccountState> = {}): AccountState {
  const reading = { amount, block: undefined, at: NOW - seconds, readAt: now - 1000 * seconds };
  return { ...UNKNOWN, attempted: true, reading, ...more };
}

/** The codes of wallets: none, a contract, and two delegations. */
const [NONE, CONTRACT, DELEGATED] = [0n, 5n, 6n];

/** Senders that are silent, have few transactions left, are delegated, or none of these. */
function putSenders({ plan, accounts }: NetworkState, now: number): void {
  const sentAgo = [4000, 3000, 9, 9, 9, 9, 9, 4000, 4000];
  const coins = [100, 100, 99, 100, 100, 100, 100, 100, 100];
  const codes = [NONE, NONE, NONE, NONE, DELEGATED, CONTRACT, DELEGATED, DELEGATED, NONE];
  plan.wallets.forEach(({ address, account }, index) => {
    const amount = BigInt(coins[index] ?? 0) * COIN;
    // Of one of them the coin cannot be read either.
    accounts.set(account, readAgo(amount, 5, now, index === 6 ? { failure: "timeout" } : {}));
    for (const value of plan.values?.filter(({ holder }) => holder === address) ?? []) {
      const { kind } = value.asset;
      const from = { amount: 0n, spent: 0n, received: 0n };
      const changes = {
        at: NOW - (sentAgo[index] ?? 0),
        count: 1,
        same: 2,
        before: 7n,
        // Each costs a coin.
        costs: { hours: [{ hour: 1, increase: 10n, spent: 10n * COIN }], from },
      };
      // The nonce of the last one, and the code of three others.
      const unread = kind === "transactions" ? [8] : [4, 5, 6];
      const failure = unread.includes(index) ? { failure: "timeout" as const } : {};
      if (kind === "transactions") accounts.set(value, readAgo(7n, 5, now, { changes, ...failure }));
      if (kind === "code") accounts.set(value, readAgo(codes[index] ?? 0n, 5, now, { changes, ...failure }));
    }
  });
}

async function withStates(): Promise<Watched & { readonly clock: ReturnType<typeof createFakeClock> }> {
  const clock = createFakeClock(NOW);
  await clock.advance(0);
  const all = watched(PLAN, { clock, staleAfter: DAY });
  const [mainnet, down, senders, slow, halted] = [0, 1, 2, 3, 4].map((index) => networkAt(all.store, index));
  assert.ok(mainnet !== undefined && down !== undefined && senders !== undefined);
  assert.ok(slow !== undefined && halted !== undefined);
  mainnet.decimals = new Map([[TOKEN, 6], [BROKEN, 18]]);
  for (const network of [mainnet, down]) {
    Object.assign(network, { plan: { ...network.plan, rejected: [{ address: "0xbad", label: "rejected" }] } });
  }
  const now = clock.now();
  const amounts = [COIN / 2n, 4n * COIN, COIN, 200n * COIN, 5n * COIN, 9n * COIN, 20n * COIN, 20n * COIN, 20n * COIN];
  const stale: Readonly<Record<number, number>> = { 5: 4000 };
  const usdc = [1_000_000n, 4_000_000n, 200_000_000n];
  mainnet.plan.wallets.forEach(({ account, tokens }, index) => {
    const failure = index === 4 ? { failure: "reverted" as const } : {};
    mainnet.accounts.set(account, readAgo(amounts[index] ?? 0n, stale[index] ?? 5, now, failure));
    for (const token of tokens) {
      const state = token.token.address === BROKEN
        ? { ...UNKNOWN, attempted: true, failure: "reverted" as const }
        : readAgo(usdc[index - 6] ?? 0n, 5, now);
      mainnet.accounts.set(token.account, state);
    }
  });
  down.plan.wallets.forEach(({ account }, index) => {
    down.accounts.set(account, readAgo(BigInt(4 - 2 * index) * COIN, 50_000, now, { failure: "timeout" }));
  });
  putSenders(senders, now);
  // The first of them is silent; here nobody can send.
  putSenders(halted, now);
  for (const { account } of slow.plan.wallets) slow.accounts.set(account, readAgo(COIN, 5, now));
  for (const network of [mainnet, down, senders, slow, halted]) {
    Object.assign(network, { lastFinished: NOW - 5, seconds: network === slow ? 9 : 1, wasRead: true });
    network.chainId = network.plan.chainId;
    network.endpoints = network.plan.endpoints.map(({ name }, index) => ({
      name,
      state: network === halted
        ? "halted" as const
        : index === 0 && network !== slow
        ? "unreachable" as const
        : "ok" as const,
      strategy: "batch" as const,
      size: 100,
    }));
  }
  all.self.recordFailedReload();
  return { ...all, clock };
}

/** All alerts that fire, by their names, as `promtool` has them. */
function expectedOf(findings: readonly Finding[]): ReadonlyMap<string, readonly unknown[]> {
  const alerts = findings.flatMap(({ alert, labels, value }) => {
    if (alert === HEARTBEAT) return [];
    const { severity } = ALERT_TEXTS[alert];
    const all = [["namespace", "ns"], ["release", "rel"], ...labels, ["severity", severity]];
    const exp_labels = Object.fromEntries(all.filter(([, text]) => text !== ""));
    return [{ alert, expected: { exp_labels, exp_annotations: { value: formatShortest(value) } } }];
  });
  const byName = Map.groupBy(alerts, ({ alert }) => alert);
  return new Map(
    Object.keys(POSTED).map((name) => {
      const own = [...byName].filter(([alert]) => alert === name).flatMap(([, each]) => each);
      return [name, own.map(({ expected }) => expected)];
    }),
  );
}

Deno.test("on the same state the rules and the exporter have the same alerts, with labels and values", async () => {
  const all = await withStates();
  const pages = createPageStore({ ...all, clock: all.clock });
  const page = new TextDecoder().decode(concat(await pages.get({ format: "text", gzip: false, names: [] })));
  pages.close();
  const findings = [...listFindings({
    networks: all.store.networks,
    exporter: all.self.status(),
    clock: all.clock,
    interval: INTERVAL,
    staleAfter: DAY,
    shard: undefined,
    known: new WeakMap(),
  })].filter((finding) => finding !== undefined);
  const expected = expectedOf(findings);
  const minutes = Math.floor(NOW / 60);
  const series = parseExposition(page).flatMap(({ name, series }) =>
    name.startsWith("process_") ? [] : series.map(({ name, labels, value }) => ({
      series: `${name}{${Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`).join()}}`,
      // Nothing before: that would be read for hours.
      values: `_x${minutes - 5} ${value}x10`,
    }))
  );
  // The labels of the configuration identify wallets, as the command rules has them.
  const values = { walletLabels: ["network", "label", "address", "team"], interval: INTERVAL / 1000 };
  const rules = rulesOf(rendered(values)).map(({ for: _, annotations, ...rule }) => ({
    ...rule,
    ...annotations === undefined ? {} : { annotations: { value: "{{ $value }}" } },
  }));
  const cases = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [{
      interval: "1m",
      input_series: series,
      alert_rule_test: [...expected].map(([alertname, exp_alerts]) => ({
        eval_time: `${NOW}s`,
        alertname,
        exp_alerts,
      })),
    }],
  };
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/rules.yaml`, stringify({ groups: [{ name: "all", rules }] }));
    await Deno.writeTextFile(`${folder}/cases.yaml`, stringify(cases));
    const result = await runOutside([promtool, "test", "rules", `${folder}/cases.yaml`], "");
    if (result === undefined) return skipCheck("the alerts of the exporter", `there is no ${promtool}`);
    assert.equal(result.code, 0, result.output.slice(0, 6000));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const silent = [...expected].flatMap(([name, own]) => own.length === 0 ? [name] : []);
  assert.deepEqual(silent, [
    // These need a history, or another configuration.
    "WalletBalanceEmptied",
    "WalletBalanceDepletingFast",
    "WalletBalanceDepletingSoon",
    "WalletTokenBalanceEmptied",
    "WalletTokenBalanceDepletingFast",
    "WalletTokenBalanceDepletingSoon",
    "WalletTransactionsStuck",
    "WalletBalanceExporterStalled",
    "WalletBalanceExporterNoWallets",
    "WalletBalanceExporterConfigEntriesRejected",
    "WalletBalanceExporterWalletListFailed",
  ]);
});
