import assert from "node:assert/strict";
import * as v from "valibot";
import type { AmountOrReason } from "../../src/evm/strategies/account_values.ts";
import { walletFindings } from "../../src/alertmanager/wallet_findings.ts";
import { createLinks } from "../../src/page/links.ts";
import { overview } from "../../src/page/overview.ts";
import { ALL } from "../../src/page/query.ts";
import { walletPage, walletsAt } from "../../src/page/wallet_page.ts";
import { notifyChanged } from "../../src/poller/state.ts";
import type { Condition } from "../../src/status/conditions.ts";
import { createStatusReader, type Status } from "../../src/status/status.ts";
import { statusJson } from "../../src/status/status_json.ts";
import { type StatusDocument, statusSchema } from "../../src/status/status_schema.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const CONFIG = `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example"]
    wallets:
      - address: "${addressOf(1)}"
        label: hot
        expect: 10m
        code: watch
        thresholds: { minimum: 1 }
`;

const CODES = { none: 0n, contract: 4n + 1n, delegated: 4n + 2n };
const MINUTE = 60_000;

/** A wallet whose accounts are recorded: its coin, nonce, code and pending nonce. */
interface Wallet extends Disposable {
  readonly clock: FakeClock;
  record(
    coin: AmountOrReason,
    nonce: AmountOrReason,
    code: keyof typeof CODES | "timeout",
    pending?: bigint,
  ): Promise<void>;
  /** Halts the chain, which the next poll ends. */
  halt(): void;
  status(): Promise<Status>;
  conditions(): Promise<readonly Condition[]>;
  page(): Promise<string>;
  json(): Promise<StatusDocument["wallets"][number] | undefined>;
}

async function watchWallet(): Promise<Wallet> {
  const clock = createFakeClock();
  const all = watched(await planOfV2(CONFIG), { clock });
  const status = createStatusReader({ store: all.store, clock, self: all.self, interval: () => MINUTE });
  return {
    clock,
    async record(coin, nonce, code, pending): Promise<void> {
      await clock.advance(MINUTE);
      const asked = pending === undefined ? [] : [pending];
      const codeOrReason = code === "timeout" ? code : CODES[code];
      all.record(0, [coin, nonce, codeOrReason, ...asked], BigInt(Math.floor(clock.now() / 1000)));
    },
    halt(): void {
      const network = networkAt(all.store, 0);
      network.endpoints = network.endpoints.map((endpoint) => ({ ...endpoint, state: "halted" }));
      notifyChanged(all.store);
    },
    status,
    conditions: async () => (await status()).wallets[0]?.holdings[0]?.shown ?? [],
    async page(): Promise<string> {
      const now = await status();
      const wallets = walletsAt(now, "main", addressOf(1));
      const text = walletPage({ status: now, wallets, common: [], isPaused: false, links: createLinks(), clock });
      return text.slice(text.indexOf("<body")).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    },
    async json() {
      const parsed = v.parse(statusSchema, JSON.parse([...statusJson(await status())].join("")));
      return parsed.wallets[0];
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

Deno.test("a wallet is silent when it sent nothing for longer than expected, by its last reading", async () => {
  using wallet = await watchWallet();
  await wallet.record(10n * COIN, 5n, "none");
  for (let minute = 0; minute < 10; minute++) {
    await wallet.record(10n * COIN, 5n, "none");
    assert.deepEqual(await wallet.conditions(), []);
  }
  // Nobody knows what it sent since it was last read.
  await wallet.clock.advance(30 * MINUTE);
  assert.deepEqual(await wallet.conditions(), []);
  await wallet.record(10n * COIN, 5n, "none");
  assert.deepEqual(await wallet.conditions(), ["silent"]);
  const { alerts } = await wallet.status();
  assert.deepEqual(alerts.map(({ name, severity, text }) => [name, severity, text]), [
    ["WalletSilent", "warning", "Sent nothing for 41 min, longer than 10 min"],
  ]);
  assert.deepEqual(
    alerts.map(({ since = NaN }) => wallet.clock.epoch() - since),
    [31 * 60],
    "not while it was expected",
  );
  assert.match(
    await wallet.page(),
    /sends nothing .*Transactions Sent 5 Nothing sent for 41 min Expected within 10 min/,
  );
  await wallet.record(10n * COIN, 6n, "none");
  assert.deepEqual(await wallet.conditions(), []);
});

Deno.test("a transaction is stuck when it was pending in two readings", async () => {
  using wallet = await watchWallet();
  await wallet.record(10n * COIN, 5n, "none");
  await wallet.record(10n * COIN, 5n, "none", 7n);
  assert.deepEqual(await wallet.conditions(), []);
  assert.equal((await wallet.json())?.transactions?.pending, 2);
  // Another one waits now.
  await wallet.record(10n * COIN, 6n, "none");
  await wallet.record(10n * COIN, 7n, "none", 8n);
  assert.deepEqual(await wallet.conditions(), []);
  await wallet.record(10n * COIN, 7n, "none", 8n);
  assert.deepEqual(await wallet.conditions(), ["stuck"]);
  const [alert] = (await wallet.status()).alerts;
  assert.deepEqual([alert?.name, alert?.text], [
    "WalletTransactionsStuck",
    "1 pending transaction, and none gets through",
  ]);
  await wallet.record(10n * COIN, 8n, "none");
  assert.deepEqual(await wallet.conditions(), []);
});

Deno.test("a wallet is neither silent nor stuck while its chain is halted or its nonce cannot be read", async () => {
  using wallet = await watchWallet();
  for (let minute = 0; minute < 15; minute++) await wallet.record(10n * COIN, 5n, "none", 6n);
  const both = ["stuck", "silent"];
  assert.deepEqual(await wallet.conditions(), both);
  wallet.halt();
  assert.deepEqual(await wallet.conditions(), []);
  await wallet.record(10n * COIN, 5n, "none");
  assert.deepEqual(await wallet.conditions(), both);
  await wallet.record(10n * COIN, "timeout", "none");
  assert.deepEqual(await wallet.conditions(), ["values_unreadable"]);
  await wallet.record(10n * COIN, 5n, "none");
  assert.deepEqual(await wallet.conditions(), both);
});

Deno.test("a wallet of which only the transactions or the code cannot be read has an alert of that", async () => {
  using wallet = await watchWallet();
  await wallet.record(10n * COIN, 5n, "none");
  const alerts = async (): Promise<readonly unknown[]> =>
    (await wallet.status()).alerts.map(({ name, severity, text }) => [name, severity, text]);
  const alert = (text: string): readonly string[] => ["WalletCheckFailing", "warning", text];
  await wallet.record(10n * COIN, "rpc_error", "none");
  assert.deepEqual(await wallet.conditions(), ["values_unreadable"]);
  assert.deepEqual(await alerts(), [alert("Its transactions cannot be read: rpc_error")]);
  await wallet.record(10n * COIN, 6n, "timeout");
  assert.deepEqual(await alerts(), [alert("Its code cannot be read: timeout")]);
  await wallet.record(10n * COIN, "throttled", "timeout");
  assert.deepEqual(await alerts(), [alert("Its transactions and code cannot be read: throttled, timeout")]);
  await wallet.record(10n * COIN, "timeout", "timeout");
  assert.deepEqual(await alerts(), [alert("Its transactions and code cannot be read: timeout")]);
  // One alert says it all.
  await wallet.record("timeout", "timeout", "timeout");
  assert.deepEqual(await wallet.conditions(), ["unreadable"]);
  await wallet.record(10n * COIN, 6n, "none");
  assert.deepEqual(await alerts(), []);
});

Deno.test("a delegated wallet is the most urgent, and shows besides that it is low", async () => {
  using wallet = await watchWallet();
  await wallet.record(10n * COIN, 5n, "none");
  await wallet.record(10n * COIN, 5n, "delegated");
  const since = wallet.clock.epoch();
  assert.deepEqual(await wallet.conditions(), ["delegated"]);
  await wallet.record(0n, 5n, "delegated");
  const status = await wallet.status();
  assert.equal(status.wallets[0]?.condition, "delegated");
  assert.deepEqual(status.alerts.map(({ name, severity, since }) => [name, severity, since]), [
    ["WalletDelegated", "critical", since],
    ["WalletBalanceCriticallyLow", "critical", wallet.clock.epoch()],
  ]);
  assert.match(await wallet.page(), /Code Kind delegated to a contract \(EIP-7702\).* Changes since start 1/);
  const text = await overview(status, ALL, createLinks(), wallet.clock);
  assert.match(text, /<tr class="low critical">[^]*delegated[^]*critically low/);
  assert.deepEqual((await wallet.json())?.code, {
    kind: "delegated",
    expected: false,
    changes: 1,
    since,
    reason: null,
    readAt: wallet.clock.epoch(),
  });
});

Deno.test("transactions have a cost from the third in a day on, and without the times of top-ups", async () => {
  using wallet = await watchWallet();
  let coin = 2n * COIN;
  await wallet.record(coin, 0n, "none");
  for (const nonce of [1n, 2n]) {
    coin -= COIN / 100n;
    await wallet.record(coin, nonce, "none");
    assert.equal((await wallet.json())?.transactions?.cost, null);
  }
  // One that was sent while something came in costs nobody knows how much.
  coin += COIN;
  await wallet.record(coin, 3n, "none");
  assert.equal((await wallet.json())?.transactions?.cost, null);
  coin -= COIN / 50n;
  await wallet.record(coin, 4n, "none");
  const { transactions } = await wallet.json() ?? {};
  assert.deepEqual([transactions?.cost, transactions?.left], ["0.013333333333333333", 222]);
  assert.deepEqual(await wallet.conditions(), []);
  // Almost nothing is left: what it sent was worth more.
  coin = COIN;
  await wallet.record(coin, 5n, "none");
  assert.deepEqual(await wallet.conditions(), ["few_transactions"]);
  const [alert] = (await wallet.status()).alerts;
  assert.deepEqual([alert?.name, alert?.text], [
    "WalletTransactionsFewLeft",
    "1 ETH, enough for 2 transactions at their present cost",
  ]);
  // A day later nothing is known of it.
  await wallet.clock.advance(25 * 60 * MINUTE);
  await wallet.record(coin, 5n, "none");
  assert.equal((await wallet.json())?.transactions?.cost, null);
});

Deno.test("a contract sends no transactions", async () => {
  using wallet = await watchWallet();
  await wallet.record(10n * COIN, 5n, "contract");
  const { transactions } = await wallet.json() ?? {};
  assert.deepEqual([transactions?.count, transactions?.contract], [null, true]);
  assert.match(await wallet.page(), /Transactions Sent not counted: the address is a contract/);
});

Deno.test("on a chain without a coin the first token, or nothing, stands for the wallet", async () => {
  const clock = createFakeClock();
  const all = watched(
    await planOfV2(`version: 2
networks:
  - name: main
    chainId: 4217
    code: watch
    endpoints: ["http://node.example"]
    tokens:
      - { symbol: USDC, address: "${addressOf(7)}", decimals: 6, wallets: named }
      - { symbol: DAI, address: "${addressOf(8)}", decimals: 6, wallets: named }
    wallets:
      - { address: "${addressOf(1)}", label: payer, expect: 10m, tokens: { USDC: { minimum: 9 }, DAI: {} } }
      - { address: "${addressOf(2)}", label: signer }
`),
    { clock },
  );
  const network = networkAt(all.store, 0);
  const status = createStatusReader({ store: all.store, clock, self: all.self, interval: () => MINUTE });
  for (let minute = 0; minute < 12; minute++) {
    await clock.advance(MINUTE);
    const outcomes = network.plan.accounts.map(({ asset: { kind }, holder }) =>
      kind === "transactions" || kind === "pending"
        ? 5n
        : kind !== "code"
        ? 5_000_000n
        : holder === addressOf(1)
        ? 0n
        : CODES.delegated
    );
    all.record(0, outcomes, BigInt(Math.floor(clock.now() / 1000)));
    network.chainId = 4217;
    network.decimals = new Map(network.plan.wallets[0]?.tokens.map(({ token }) => [token.asset.id, 6]));
  }
  const { wallets, alerts } = await status();
  assert.deepEqual(wallets.map(({ holdings }) => holdings.map(({ symbol, shown }) => [symbol, shown])), [
    [["USD", ["delegated"]]],
    [["USDC", ["minimum", "silent"]], ["DAI", []]],
  ]);
  assert.deepEqual(alerts.map(({ name, holding }) => [name, holding?.wallet.label]), [
    ["WalletDelegated", "signer"],
    ["WalletTokenBalanceBelowMinimum", "payer"],
    ["WalletSilent", "payer"],
  ]);
  const findings = [...walletFindings(network, {
    networks: all.store.networks,
    exporter: all.self.status(),
    clock,
    interval: MINUTE,
    staleAfter: 0,
    shard: undefined,
    known: new WeakMap(),
  }, false)].filter((finding) => finding !== undefined);
  const facts = findings.map(({ alert, value, labels }) => [alert, value, labels.map(([name]) => name).toSorted()]);
  assert.deepEqual(facts, [
    ["WalletSilent", 660, ["address", "label", "network"]],
    ["WalletTokenBalanceBelowMinimum", 5, ["address", "label", "network", "symbol", "token"]],
    ["WalletDelegated", 1, ["address", "label", "network"]],
  ]);
});
