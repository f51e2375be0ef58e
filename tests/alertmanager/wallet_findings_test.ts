import assert from "node:assert/strict";
import type { FindingsSource } from "../../src/alertmanager/finding.ts";
import { walletFindings } from "../../src/alertmanager/wallet_findings.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const USDC = addressOf(77);
const HOUR = 3_600_000;
const UNREAD: AccountState = { ...UNKNOWN, attempted: true, failure: "timeout" };

/** The findings of one wallet, as `name value level balance` with the labels that not all have. */
async function findingsOf(
  keys: string,
  put: (network: NetworkState, read: (amount: bigint, secondsAgo?: number) => AccountState) => void,
  { staleAfter = 24 * HOUR, isUnreachable = false }: { staleAfter?: number; isUnreachable?: boolean } = {},
): Promise<readonly string[]> {
  using clock = createFakeClock();
  const plan = await planOfV2(`version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example"]
    tokens: [{ symbol: USDC, address: "${USDC}", decimals: 0, wallets: named }]
    wallets: [{ address: "${addressOf(1)}", label: w, ${keys} }]
`);
  const all = watched(plan, { clock });
  const network = networkAt(all.store, 0);
  network.decimals = new Map(network.plan.wallets[0]?.tokens.map(({ token }) => [token.asset.id, 0]));
  put(network, (amount, ago = 0) => {
    const reading = { amount, block: undefined, at: clock.epoch() - ago, readAt: clock.now() - 1000 * ago };
    return { ...UNKNOWN, attempted: true, reading };
  });
  const source: FindingsSource = {
    networks: all.store.networks,
    exporter: all.self.status(),
    clock,
    interval: 60_000,
    staleAfter,
    shard: undefined,
    known: new WeakMap(),
  };
  return [...walletFindings(network, source, isUnreachable)].flatMap((finding) => {
    if (finding === undefined) return [];
    const { alert, value, level, balance, labels } = finding;
    const own = labels.filter(([name]) => !["network", "address", "label"].includes(name)).map(([, text]) => text);
    const numbers = [`${value}`, level !== undefined && `level ${level}`, balance !== undefined && `holds ${balance}`];
    return [[alert.replace(/^Wallet(Balance)?/, ""), ...own, ...numbers].filter((part) => part !== false).join(" ")];
  });
}

/** Puts a state for the coin, and one for the token if there is one. */
function states(coin: AccountState, token = coin): (network: NetworkState) => void {
  return ({ accounts }) =>
    accounts.forEach((_, account) => accounts.set(account, account.asset.kind === "native" ? coin : token));
}

const LEVELS = "thresholds: { warning: 20, minimum: 10, critical: 3, maximum: 50 }";

Deno.test("each level that a coin is below or above is a finding with its level", async () => {
  const holding = (coins: bigint, keys = LEVELS): Promise<readonly string[]> =>
    findingsOf(keys, (network, read) => states(read(coins * COIN))(network));
  assert.deepEqual(await holding(2n), ["CriticallyLow 2 level 3", "BelowMinimum 10 2", "BelowWarning 2 level 20"]);
  assert.deepEqual(await holding(3n), ["BelowMinimum 10 3", "BelowWarning 3 level 20"]);
  assert.deepEqual(await holding(10n), ["BelowWarning 10 level 20"]);
  assert.deepEqual(await holding(20n), []);
  assert.deepEqual(await holding(50n), []);
  assert.deepEqual(await holding(51n), ["AboveMaximum 51 level 50"]);
  // Without a critical level it is a quarter of the minimum.
  assert.deepEqual(await holding(2n, "thresholds: { minimum: 10 }"), [
    "CriticallyLow 2 level 2.5",
    "BelowMinimum 10 2",
  ]);
});

Deno.test("levels of tokens have the token, and no label of the minimum", async () => {
  const keys = "tokens: { USDC: { warning: 20, minimum: 10, maximum: 50 } }";
  const holding = (amount: bigint): Promise<readonly string[]> =>
    findingsOf(keys, (network, read) => states(read(COIN), read(amount))(network));
  const token = `USDC ${USDC}`;
  assert.deepEqual(await holding(2n), [
    `TokenBalanceCriticallyLow ${token} 2 level 2.5`,
    `TokenBalanceBelowMinimum ${token} 2 level 10`,
    `TokenBalanceBelowWarning ${token} 2 level 20`,
  ]);
  assert.deepEqual(await holding(51n), [`TokenBalanceAboveMaximum ${token} 51 level 50`]);
});

Deno.test("a balance that cannot be read is a finding unless the network cannot be, and low as long as it is shown", async () => {
  const put = (network: NetworkState, read: (amount: bigint, ago?: number) => AccountState): void =>
    states({ ...read(5n * COIN, 4000), failure: "timeout" })(network);
  const both = ["BelowMinimum 10 5", "BelowWarning 5 level 20"];
  assert.deepEqual(await findingsOf(LEVELS, put), [...both, "CheckFailing 0", "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { isUnreachable: true }), [...both, "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { staleAfter: HOUR }), ["CheckFailing 0", "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { staleAfter: 0 }), [...both, "CheckFailing 0", "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { staleAfter: 4_000_000 }), [...both, "CheckFailing 0", "Stale 4000"]);
});

Deno.test("a token that cannot be read is a finding of the token, unless the coin cannot be read either", async () => {
  const keys = "tokens: { USDC: {} }";
  const failing = `TokenBalanceCheckFailing USDC ${USDC} 1`;
  assert.deepEqual(await findingsOf(keys, (network, read) => states(read(COIN), UNREAD)(network)), [failing]);
  assert.deepEqual(await findingsOf(keys, (network) => states(UNREAD)(network)), ["CheckFailing 0"]);
  assert.deepEqual(await findingsOf(keys, (network, read) => states(read(COIN), UNKNOWN)(network)), []);
});

Deno.test("a muted wallet has no finding but that of a delegation", async () => {
  const keys = `${LEVELS}, code: watch, mute: { until: 9999-01-01, reason: x }`;
  const put = (network: NetworkState, read: (amount: bigint) => AccountState): void =>
    states(read(COIN), read(6n))(network);
  assert.deepEqual(await findingsOf(keys, put), ["Delegated 1"]);
});

Deno.test("a rejected entry cannot be read, in one finding with others of an unreachable network", async () => {
  const put = (network: NetworkState): void => {
    Object.assign(network, { plan: { ...network.plan, rejected: [{ address: "0xbad", label: "r" }] } });
  };
  assert.deepEqual(await findingsOf("", put), ["CheckFailing 0"]);
  assert.deepEqual(await findingsOf("", put, { isUnreachable: true }), []);
});
