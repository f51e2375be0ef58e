import assert from "node:assert/strict";
import { ALERT_TEXTS } from "../../src/alertmanager/annotations.ts";
import { UNKNOWN } from "../../src/poller/state.ts";
import { type AlertedHolding, CONDITION_ALERTS, SEVERITIES } from "../../src/status/condition_alerts.ts";
import { type Condition, CONDITIONS } from "../../src/status/conditions.ts";
import type { CodeStatus, TransactionsStatus } from "../../src/status/value_status.ts";

const NOW = 10_000;

const TRANSACTIONS: TransactionsStatus = {
  known: {
    count: 5n,
    lastAt: 0,
    silence: 4000,
    expected: 600,
    pending: 2n,
    isStuck: true,
    cost: 1n,
    left: 7,
  },
  isContract: false,
  isRead: true,
  failure: undefined,
  readAt: 1,
};

const CODE: CodeStatus = {
  kind: "none",
  isExpected: true,
  changes: 0,
  since: 1,
  isRead: true,
  failure: undefined,
  readAt: 1,
};

/** A balance of 1.5 ETH, of which everything is known. */
const HOLDING: AlertedHolding = {
  account: { ...UNKNOWN, attempted: true, reading: { amount: 150n, block: undefined, at: NOW - 7200, readAt: 0 } },
  decimals: 2,
  symbol: "ETH",
  thresholds: { critical: 200n, minimum: 800n, warning: 1000n, maximum: 100n },
  depletion: { fast: 3600, soon: 90_000 },
  failure: "timeout",
  transactions: TRANSACTIONS,
  code: CODE,
};

function textOf(condition: Condition, holding: Partial<AlertedHolding> = {}): string {
  return CONDITION_ALERTS[condition].text({ ...HOLDING, ...holding }, NOW);
}

Deno.test("the alert of each condition has a name, for a coin and a token, and a text with its numbers", () => {
  const table: Readonly<Record<Condition, readonly [coin: string, token: string, text: string]>> = {
    delegated: [
      "WalletDelegated",
      "WalletDelegated",
      "Delegated to a contract (EIP-7702), which may take what it receives: do not top it up",
    ],
    critical: [
      "WalletBalanceCriticallyLow",
      "WalletTokenBalanceCriticallyLow",
      "1.5 ETH, below the critical level of 2 ETH",
    ],
    depleting_fast: [
      "WalletBalanceDepletingFast",
      "WalletTokenBalanceDepletingFast",
      "1.5 ETH, empty in 1 h at its present rate",
    ],
    minimum: ["WalletBalanceBelowMinimum", "WalletTokenBalanceBelowMinimum", "1.5 ETH, below the minimum of 8 ETH"],
    stuck: [
      "WalletTransactionsStuck",
      "WalletTransactionsStuck",
      "2 pending transactions, and none gets through",
    ],
    silent: ["WalletSilent", "WalletSilent", "Sent nothing for 1 h 6 min, longer than 10 min"],
    few_transactions: [
      "WalletTransactionsFewLeft",
      "WalletTransactionsFewLeft",
      "1.5 ETH, enough for 7 transactions at their present cost",
    ],
    warning: [
      "WalletBalanceBelowWarning",
      "WalletTokenBalanceBelowWarning",
      "1.5 ETH, below the warning level of 10 ETH",
    ],
    depleting_soon: [
      "WalletBalanceDepletingSoon",
      "WalletTokenBalanceDepletingSoon",
      "1.5 ETH, empty in 1 d 1 h at its present rate",
    ],
    above_maximum: [
      "WalletBalanceAboveMaximum",
      "WalletTokenBalanceAboveMaximum",
      "1.5 ETH, above the maximum of 1 ETH",
    ],
    unreadable: ["WalletBalanceCheckFailing", "WalletTokenBalanceCheckFailing", "Cannot be read: timeout"],
    values_unreadable: ["WalletCheckFailing", "WalletCheckFailing", "Its transactions cannot be read: rpc_error"],
    stale: ["WalletBalanceStale", "WalletBalanceStale", "Last read 2 h ago"],
  };
  const unread: AlertedHolding["transactions"] = { ...TRANSACTIONS, isRead: false, failure: "rpc_error" };
  for (const condition of CONDITIONS) {
    const [coin, token, text] = table[condition];
    assert.deepEqual(CONDITION_ALERTS[condition].alerts, [coin, token]);
    assert.equal(textOf(condition, condition === "values_unreadable" ? { transactions: unread } : {}), text);
  }
});

Deno.test("the alerts of conditions have the severities that the rules have", () => {
  const severities = new Map(Object.entries(ALERT_TEXTS).map(([name, { severity }]) => [name, severity]));
  for (const { alerts, severity } of Object.values(CONDITION_ALERTS)) {
    assert.deepEqual(alerts.map((name) => severities.get(name)), [severity, severity], alerts.join());
  }
  assert.deepEqual(SEVERITIES, ["critical", "warning", "info"]);
});

Deno.test("a balance is critically low below a quarter of its minimum, if it has no level for that", () => {
  assert.equal(
    textOf("critical", { thresholds: { minimum: 800n } }),
    "1.5 ETH, less than a quarter of the minimum of 8 ETH",
  );
});

Deno.test("values that cannot be read are named with their reasons, each once", () => {
  const text = (transactions: Partial<TransactionsStatus>, code: Partial<CodeStatus>): string =>
    textOf("values_unreadable", {
      transactions: { ...TRANSACTIONS, ...transactions },
      code: { ...CODE, ...code },
    });
  const unread = (failure: TransactionsStatus["failure"]) => ({ isRead: false, failure });
  assert.equal(text({}, unread("timeout")), "Its code cannot be read: timeout");
  assert.equal(
    text(unread("throttled"), unread("timeout")),
    "Its transactions and code cannot be read: throttled, timeout",
  );
  assert.equal(text(unread("timeout"), unread("timeout")), "Its transactions and code cannot be read: timeout");
  // The nonce was read, but not yet the code that it is judged by.
  assert.equal(text(unread(undefined), {}), "Its transactions cannot be read: missing");
});

Deno.test("an amount has the symbol that is known, and one that is not known is not 0", () => {
  assert.equal(textOf("minimum", { symbol: undefined }), "1.5, below the minimum of 8");
  assert.equal(
    textOf("minimum", { account: UNKNOWN, thresholds: {} }),
    "an unknown amount, below the minimum of an unknown amount",
  );
  assert.equal(textOf("minimum", { decimals: undefined }), "an unknown amount, below the minimum of an unknown amount");
  assert.equal(
    textOf("stuck", {
      transactions: { ...TRANSACTIONS, known: TRANSACTIONS.known && { ...TRANSACTIONS.known, pending: 1n } },
    }),
    "1 pending transaction, and none gets through",
  );
});
