import assert from "node:assert/strict";
import type { Finding, FindingsSource } from "../../src/alertmanager/finding.ts";
import { walletFindings } from "../../src/alertmanager/wallet_findings.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, planOf, planOfV2, watched } from "../fakes/watched.ts";

const USDC = addressOf(77);
const HOUR = 3_600_000;
const UNREAD: AccountState = { ...UNKNOWN, attempted: true, failure: "timeout" };
/** What the fake clock says at first, in seconds since the Unix epoch. */
const EPOCH = Date.parse("2026-01-01") / 1000;

type Read = (amount: bigint, secondsAgo?: number) => AccountState;
type Put = (network: NetworkState, read: Read, now: number) => void;

interface Options {
  readonly staleAfter?: number;
  readonly isUnreachable?: boolean;
  /** One without a coin has no symbol either. @default {1} */
  readonly chainId?: number;
  /** Keys of the network. */
  readonly more?: string;
  /** The keys of wallets after the first. */
  readonly others?: readonly string[];
  /** A configuration of format 1 in place of the other: the minimum of its wallet. */
  readonly minimumOfV1?: string;
}

/** Lists the findings of one wallet, and where there are pauses between wallets. */
async function listFindings(
  keys: string,
  put: Put,
  { staleAfter = 24 * HOUR, isUnreachable = false, chainId = 1, more = "", others = [], minimumOfV1 }: Options = {},
): Promise<readonly (Finding | undefined)[]> {
  using clock = createFakeClock(EPOCH);
  const wallets = [keys, ...others].map((own, index) => `{ address: "${addressOf(index + 1)}", label: w, ${own} }`);
  const plan = minimumOfV1 === undefined
    ? await planOfV2(`version: 2
networks:
  - name: main
    chainId: ${chainId}
    endpoints: ["http://node.example"]
    tokens: [{ symbol: USDC, address: "${USDC}", decimals: 0, wallets: named }]
    wallets: [${wallets.join(", ")}]
${more}
`)
    : planOf({ "http://node.example": [{ address: addressOf(1), label: "w", min_balance_eth: minimumOfV1 }] });
  const all = watched(plan, { clock });
  const network = networkAt(all.store, 0);
  network.chainId = chainId;
  network.decimals = new Map(network.plan.wallets[0]?.tokens.map(({ token }) => [token.asset.id, 0]));
  const read: Read = (amount, ago = 0) => {
    const reading = { amount, block: undefined, at: clock.epoch() - ago, readAt: clock.now() - 1000 * ago };
    return { ...UNKNOWN, attempted: true, reading };
  };
  put(network, read, clock.now());
  const source: FindingsSource = {
    networks: all.store.networks,
    exporter: all.self.status(),
    clock,
    interval: 60_000,
    staleAfter,
    shard: undefined,
    known: new WeakMap(),
  };
  return [...walletFindings(network, source, isUnreachable)];
}

/** The findings, as `name value level balance` with the labels that not all have. */
async function findingsOf(keys: string, put: Put, options: Options = {}): Promise<readonly string[]> {
  return (await listFindings(keys, put, options)).flatMap((finding) => {
    if (finding === undefined) return [];
    const { alert, value, level, balance, labels } = finding;
    const own = labels.filter(([name]) => !["network", "address", "label"].includes(name)).map(([, text]) => text);
    const numbers = [`${value}`, level !== undefined && `level ${level}`, balance !== undefined && `holds ${balance}`];
    return [[alert.replace(/^Wallet(Balance)?/, ""), ...own, ...numbers].filter((part) => part !== false).join(" ")];
  });
}

/** Puts a state for the coin, one for the token if there is one, and those of other kinds. */
function states(coin: AccountState, token = coin, others: Readonly<Record<string, AccountState>> = {}): Put {
  const of: Readonly<Record<string, AccountState>> = { native: coin, erc20: token, ...others };
  return ({ accounts }) => accounts.forEach((_, account) => accounts.set(account, of[account.asset.kind] ?? coin));
}

/** Puts changes of every account, the last one now, the others ten minutes before each other. */
function past({ plan, history }: NetworkState, now: number, changes: readonly bigint[]): void {
  changes.forEach((change, index) => {
    const at = now - (changes.length - 1 - index) * 600_000;
    for (const account of plan.accounts) history.add(account, at, change);
  });
}

const LEVELS = "thresholds: { warning: 20, minimum: 10, critical: 3, maximum: 50 }";
const TOKEN = `USDC ${USDC}`;

Deno.test("each level that a coin is below or above is a finding with its level", async () => {
  const holding = (coins: bigint, keys = LEVELS): Promise<readonly string[]> =>
    findingsOf(keys, (network, read, now) => states(read(coins * COIN))(network, read, now));
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
    findingsOf(keys, (network, read, now) => states(read(COIN), read(amount))(network, read, now));
  assert.deepEqual(await holding(2n), [
    `TokenBalanceCriticallyLow ${TOKEN} 2 level 2.5`,
    `TokenBalanceBelowMinimum ${TOKEN} 2 level 10`,
    `TokenBalanceBelowWarning ${TOKEN} 2 level 20`,
  ]);
  assert.deepEqual(await holding(51n), [`TokenBalanceAboveMaximum ${TOKEN} 51 level 50`]);
});

Deno.test("a finding has the labels of its series that rules have too, and a coin its symbol", async () => {
  const keys = "thresholds: { minimum: 10 }, tokens: { USDC: { maximum: 5 } }, labels: { team: a, cluster: b, inf: c }";
  const found = await listFindings(keys, (network, read, now) => states(read(9n * COIN), read(6n))(network, read, now));
  const common = [["address", addressOf(1)], ["label", "w"], ["network", "main"], ["cluster", "b"], ["team", "a"]];
  assert.deepEqual(
    found.map((each) => each && [each.alert, each.labels, each.symbol, each.network, each.address]),
    [
      ["WalletBalanceBelowMinimum", [...common, ["min_balance_eth", "10"]], "ETH", "main", addressOf(1)],
      [
        "WalletTokenBalanceAboveMaximum",
        [...common, ["symbol", "USDC"], ["token", USDC]],
        undefined,
        "main",
        addressOf(1),
      ],
      undefined,
    ],
  );
});

Deno.test("a balance that cannot be read is a finding unless the network cannot be, and low as long as it is shown", async () => {
  const put: Put = (network, read, now) => states({ ...read(5n * COIN, 4000), failure: "timeout" })(network, read, now);
  const both = ["BelowMinimum 10 5", "BelowWarning 5 level 20"];
  assert.deepEqual(await findingsOf(LEVELS, put), [...both, "CheckFailing 0", "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { isUnreachable: true }), [...both, "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { staleAfter: HOUR }), ["CheckFailing 0", "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { staleAfter: 0 }), [...both, "CheckFailing 0", "Stale 4000"]);
  assert.deepEqual(await findingsOf(LEVELS, put, { staleAfter: 4_000_000 }), [...both, "CheckFailing 0", "Stale 4000"]);
  // With an invalid minimum the time of its reading has no series.
  assert.deepEqual(await findingsOf("", put, { minimumOfV1: "many" }), ["CheckFailing 0"]);
});

Deno.test("tokens that cannot be read are one finding, without those of wallets whose coin cannot be read either", async () => {
  const keys = "tokens: { USDC: {} }";
  const failing = (count: number): string => `TokenBalanceCheckFailing ${TOKEN} ${count}`;
  const isRead: Put = (network, read, now) => states(read(COIN), UNREAD)(network, read, now);
  assert.deepEqual(await findingsOf(keys, isRead), [failing(1)]);
  assert.deepEqual(await findingsOf(keys, isRead, { isUnreachable: true }), [failing(1)]);
  assert.deepEqual(await findingsOf(keys, isRead, { others: [keys, keys] }), [failing(3)]);
  assert.deepEqual(await findingsOf(keys, states(UNREAD)), ["CheckFailing 0"]);
  assert.deepEqual(await findingsOf(keys, states(UNKNOWN, UNREAD)), [failing(1)]);
  assert.deepEqual(await findingsOf(keys, (network, read, now) => states(read(COIN), UNKNOWN)(network, read, now)), []);
  assert.deepEqual(await findingsOf(keys, states(UNREAD), { chainId: 4217 }), [failing(1)], "there is no coin");
  const [first, pause, found] = await listFindings(keys, isRead, { others: [""] });
  assert.deepEqual([first, pause, found?.network, found?.labels], [undefined, undefined, "main", [
    ["network", "main"],
    ["symbol", "USDC"],
    ["token", USDC],
  ]]);
});

Deno.test("transactions or code that cannot be read are one finding of each", async () => {
  const keys = "expect: 10m, code: watch";
  const put: Put = (network, read, now) =>
    states(read(COIN), undefined, { code: UNREAD, transactions: UNREAD })(network, read, now);
  assert.deepEqual(await findingsOf(keys, put), ["CheckFailing transactions 1", "CheckFailing code 1"]);
  assert.deepEqual(await findingsOf(keys, put, { others: ["code: watch"] }), [
    "CheckFailing transactions 1",
    "CheckFailing code 2",
  ]);
  // One alert says it all.
  const all: Put = states(UNREAD, undefined, { code: UNREAD, transactions: UNREAD });
  assert.deepEqual(await findingsOf(keys, all), ["CheckFailing 0"]);
  const [, found] = await listFindings("code: watch", put);
  assert.deepEqual([found?.alert, found?.labels], ["WalletCheckFailing", [["network", "main"], ["kind", "code"]]]);
});

/** A wallet that sent its 5th transaction an hour ago, and has two in the pool. */
const sender: Put = (network, read, now) => {
  const changes = { at: EPOCH - 3600, count: 1, same: 3, before: 7n };
  const costs = {
    hours: [{ hour: 0, increase: 4n, spent: COIN / 5n }],
    from: { amount: 0n, spent: 0n, received: 0n },
  };
  states(read(COIN), read(6n), {
    code: read(0n),
    transactions: { ...read(5n), changes: { ...changes, costs } },
    pending: { ...read(7n), changes },
  })(network, read, now);
};

Deno.test("what is wrong with a wallet has a value of its own, and no label of a token", async () => {
  assert.deepEqual(
    await findingsOf(
      "code: watch",
      (network, read, now) => states(read(COIN), undefined, { code: read(6n) })(network, read, now),
    ),
    ["Delegated 1"],
  );
  const three = ["TransactionsStuck 2", "Silent 3600", "TransactionsFewLeft 20"];
  assert.deepEqual(await findingsOf("expect: 10m", sender), three);
  const ofToken = [...three, `TokenBalanceBelowMinimum ${TOKEN} 6 level 9`];
  assert.deepEqual(
    await findingsOf("expect: 10m, tokens: { USDC: { minimum: 9 } }", sender, { chainId: 4217 }),
    ofToken,
    "the first token stands for the wallet",
  );
});

Deno.test("a muted wallet has no finding but that of a delegation", async () => {
  const keys = `${LEVELS}, code: watch, tokens: { USDC: {} }, mute: { until: 9999-01-01, reason: x }`;
  const put: Put = (network, read, now) =>
    states({ ...read(COIN), failure: "timeout" }, UNREAD, { code: read(6n) })(network, read, now);
  assert.deepEqual(await findingsOf(keys, put), ["Delegated 1"]);
});

Deno.test("a coin or token is emptied when a thousandth of what it held an hour ago is left", async () => {
  const emptied = (left: bigint, lost: bigint, ago = 0): Put => (network, read, now) => {
    const hour = [0n, 0n, 0n, 0n, 0n, 0n, -lost];
    past(network, now - 1000 * ago, hour);
    states({ ...read(left, ago), spent: lost })(network, read, now);
  };
  const coin = emptied(COIN / 2n, 999n * COIN);
  assert.deepEqual(await findingsOf("", coin), ["Emptied 0.5"]);
  assert.deepEqual(await findingsOf("", emptied(2n * COIN, 998n * COIN)), []);
  assert.deepEqual(await findingsOf("", emptied(0n, COIN)), ["Emptied 0"]);
  // It is shown for an hour after its last reading.
  assert.deepEqual(await findingsOf("", emptied(0n, COIN, 3600), { staleAfter: HOUR }), ["Emptied 0"]);
  assert.deepEqual(await findingsOf("", emptied(0n, COIN, 3601), { staleAfter: HOUR }), ["Stale 3601"]);
  const token: Put = (network, read, now) => {
    emptied(1n, 2000n)(network, read, now);
    const { accounts } = network;
    accounts.forEach((_, account) => {
      if (account.asset.kind === "native") accounts.set(account, read(COIN));
    });
  };
  assert.deepEqual(await findingsOf("tokens: { USDC: {} }", token), [`TokenBalanceEmptied ${TOKEN} 1`]);
  const unknown: Put = (network, read, now) => {
    token(network, read, now);
    network.decimals = new Map();
  };
  assert.deepEqual(await findingsOf("tokens: { USDC: {} }", unknown), [], "its balance is not shown");
  // What was lost before the start counts as well.
  const before: Put = (network, read, now) => {
    const { plan: { accounts: [account] }, history } = network;
    if (account === undefined) throw new RangeError("No account");
    history.add(account, now, 0n);
    history.addPast(now - HOUR, new Map([[account, -COIN]]));
    states(read(0n))(network, read, now);
  };
  assert.deepEqual(await findingsOf("", before), ["Emptied 0"]);
});

Deno.test("what a wallet lost while it was muted is no finding within the hour after", async () => {
  const put: Put = (network, read, now) => {
    past(network, now, [0n, 0n, 0n, 0n, 0n, 0n, -COIN]);
    states({ ...read(0n), spent: COIN })(network, read, now);
  };
  const mutedUntil = (secondsAgo: number): Promise<readonly string[]> => {
    const until = new Date(1000 * (EPOCH - secondsAgo)).toISOString().replace(".000", "");
    return findingsOf(`mute: { until: ${until}, reason: x }`, put);
  };
  assert.deepEqual(await mutedUntil(3599), []);
  assert.deepEqual(await mutedUntil(3600), ["Emptied 0"]);
  assert.deepEqual(await mutedUntil(3601), ["Emptied 0"]);
});

Deno.test("a balance that is depleting has the seconds until it is empty, and what it holds", async () => {
  // A coin an hour, in the last hour six of them.
  const spent = [...Array.from({ length: 30 }, () => -COIN / 6n), ...Array.from({ length: 7 }, () => -COIN)];
  const put: Put = (network, read, now) => {
    past(network, now, spent);
    states({ ...read(20n * COIN), spent: 12n * COIN })(network, read, now);
  };
  const found = async (keys: string): Promise<readonly string[]> =>
    (await findingsOf(keys, put)).map((text) =>
      text.replace(/(\S+) holds/, (_, seconds) => `in ${Math.round(Number(seconds) / 100)} holds`)
    );
  assert.deepEqual(await found("thresholds: { minimum: 30 }"), [
    "DepletingFast in 120 holds 20",
    "BelowMinimum 30 20",
    "DepletingSoon in 388 holds 20",
  ]);
  assert.deepEqual(await found(`tokens: { USDC: { minimum: "${30n * COIN}" } }`), [
    "DepletingSoon in 388 holds 20",
    `TokenBalanceDepletingFast ${TOKEN} in 120 holds ${20n * COIN}`,
    `TokenBalanceBelowMinimum ${TOKEN} ${20n * COIN} level ${30n * COIN}`,
    `TokenBalanceDepletingSoon ${TOKEN} in 388 holds ${20n * COIN}`,
  ]);
});

Deno.test("a rejected entry cannot be read, in one finding with others of an unreachable network", async () => {
  const put: Put = (network) => {
    const rejected = [{ address: "0xbad", label: "r", labels: { team: "a", inf: "b" } }];
    Object.assign(network, { plan: { ...network.plan, rejected } });
  };
  const [, found] = await listFindings("", put);
  assert.deepEqual(found, {
    alert: "WalletBalanceCheckFailing",
    labels: [["address", "0xbad"], ["label", "r"], ["network", "main"], ["team", "a"]],
    value: 0,
    network: "main",
  });
  assert.deepEqual(await findingsOf("", put, { isUnreachable: true }), []);
});
