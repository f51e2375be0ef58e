import { duration, exactAmount, shortAmount } from "../status/format.ts";
import type { HoldingStatus } from "../status/holding_status.ts";
import type { WalletStatus } from "../status/wallet_status.ts";
import { type Content, type Html, html } from "./html.ts";
import { ago, factList, type NamedContent } from "./parts.ts";

/**
 * What is known of a wallet besides its balances.
 *
 * @param holding any of the wallet's
 * @param now seconds since the Unix epoch
 */
export function valueSections(
  holding: HoldingStatus | undefined,
  { plan }: WalletStatus["network"],
  now: number,
): readonly Html[] {
  const { transactions, code, symbol = "coins" } = holding ?? {};
  const sections: Html[] = [];
  if (transactions !== undefined) {
    const amountOf = (amount: bigint): string => `${shortAmount(amount, plan.decimals)} ${symbol}`;
    sections.push(section("Transactions", transactionFacts(transactions, amountOf, now)));
  }
  if (code !== undefined) sections.push(section("Code", codeFacts(code, now)));
  return sections;
}

function section(name: string, facts: readonly NamedContent[]): Html {
  return html`
    <section class="holding">
      <h2>${name}</h2>
      ${factList(facts)}
    </section>
  `;
}

function transactionFacts(
  { known, isContract, failure, readAt }: NonNullable<HoldingStatus["transactions"]>,
  amountOf: (amount: bigint) => string,
  now: number,
): readonly NamedContent[] {
  if (isContract) return [["Sent", "not counted: the address is a contract"]];
  const last: readonly NamedContent[] = [["Read", readText(readAt, now)], ["Last failure", failure ?? "none"]];
  if (known === undefined) return [["Sent", "unknown"], ...last];
  const { count, lastAt, expected, pending, cost, left } = known;
  return [
    ["Sent", exactAmount(count, 0)],
    ["Nothing sent for", duration(Math.max(0, now - lastAt))],
    ["Expected within", expected === undefined ? "not configured" : duration(expected)],
    ["Pending", pending === undefined ? pendingText(expected) : exactAmount(pending, 0)],
    ["Cost of one", cost === undefined ? "unknown until three were sent in a day" : amountOf(cost)],
    ["Transactions left", left === undefined ? "unknown" : exactAmount(BigInt(left), 0)],
    ...last,
  ];
}

function pendingText(expected: number | undefined): string {
  return expected === undefined ? "asked only with expect" : "not asked while it sends";
}

const KINDS = {
  none: "none",
  contract: "a contract",
  delegated: "delegated to a contract (EIP-7702): do not top it up before you know which",
};

const EXPECTED = "delegated to a contract (EIP-7702), as configured";

function codeFacts(
  { kind, isExpected, changes, since, failure, readAt }: NonNullable<HoldingStatus["code"]>,
  now: number,
): readonly NamedContent[] {
  return [
    ["Kind", kind === undefined ? "unknown" : kind === "delegated" && isExpected ? EXPECTED : KINDS[kind]],
    ["Changes since start", exactAmount(BigInt(changes), 0)],
    ["Unchanged for", since === undefined ? "unknown" : duration(Math.max(0, now - since))],
    ["Read", readText(readAt, now)],
    ["Last failure", failure ?? "none"],
  ];
}

function readText(at: number | undefined, now: number): Content {
  return at === undefined ? "never" : ago(at, now);
}
