import { chainFacts } from "../evm/chains/chain_facts.ts";
import type { Change } from "../poller/history.ts";
import type { NetworkState } from "../poller/state.ts";
import { type Prices, worthOf } from "../poller/prices.ts";
import { toUnits } from "../poller/units.ts";
import { duration, exactAmount, shortAmount, signedChange, usdText } from "../status/format.ts";
import type { Condition, HoldingStatus } from "../status/holding_status.ts";
import type { Status } from "../status/status.ts";
import type { WalletStatus } from "../status/wallet_status.ts";
import { bar, sparkline } from "./charts.ts";
import { Html, html } from "./html.ts";
import type { Links } from "./links.ts";
import type { Mute } from "../plan/plan.ts";
import { addressHtml, ago, dateHtml, STATE_NAMES } from "./parts.ts";

/** What a line shows, in milliseconds, in this many points. */
const SPARK_SPAN = 86_400_000;
const SPARK_POINTS = 16;

/**
 * A table of wallets; tokens are rows below their wallet.
 *
 * @param isPriced whether it has a column with what balances are worth
 */
export function walletTable(rows: readonly Html[], isPriced: boolean): Html {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-labelledby="wallets">
      <table class="wallets">
        <thead>
          <tr>
            <th scope="col">Wallet</th>
            <th scope="col">Network</th>
            <th scope="col">Address</th>
            <th scope="col">Balance</th>
            <th scope="col">Thresholds</th>
            <th scope="col">1 h</th>
            <th scope="col">24 h</th>
            <th scope="col">Time left</th>
            <th scope="col">Last day</th>
            <th scope="col">Read</th>
            ${isPriced && html`<th class="n" scope="col">Value</th>`}
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

/** The rows of one wallet. */
export function walletRows(
  { network, wallet, holdings, mute }: WalletStatus,
  { at: now, prices }: Pick<Status, "at" | "prices">,
  links: Links,
): readonly Html[] {
  const { plan, chainId = plan.chainId } = network;
  const { label, address } = wallet;
  const explorer = chainId === undefined ? undefined : chainFacts(chainId)?.explorer;
  return holdings.map((holding, index) => {
    const isFirst = index === 0;
    const name = isFirst
      ? html`<a href="${links.wallet(plan.id, address)}">${label || "no label"}</a>`
      : holding.symbol;
    return html`
      <tr${classOf(holding, isFirst, mute !== undefined)}>
        <th scope="row">${name}${statesOf(holding)}${isFirst && mute && muteText(mute)}</th>
        <td>${isFirst && plan.id}</td>
        <td>${isFirst && addressHtml(address, explorer)}</td>
        ${balanceCell(holding)}
        <td>${thresholdBar(holding)}</td>
        <td>${changeText(holding.hour, holding.decimals)}</td>
        <td>${changeText(holding.day, holding.decimals)}</td>
        <td>${holding.secondsToEmpty !== undefined && duration(holding.secondsToEmpty)}</td>
        <td>${lineOf(holding, network)}</td>
        <td>${holding.account.reading === undefined ? "never" : ago(holding.account.reading.at, now)}</td>
        ${prices !== undefined && html`<td class="n">${valueText(holding, prices)}</td>`}
      </tr>
    `;
  });
}

/** When and why alerts begin again. */
export function muteText({ until, reason }: Mute): Html {
  return html`
    <span class="soft">muted until ${dateHtml(until)}: ${reason}</span>
  `;
}

const LOW: ReadonlySet<Condition | undefined> = new Set(["delegated", "critical", "minimum", "warning"]);

function classOf({ condition, token }: HoldingStatus, isFirst: boolean, isMuted: boolean): Html | undefined {
  const isLow = !isMuted && LOW.has(condition);
  const names = [
    isLow && "low",
    isLow && (condition === "critical" || condition === "delegated") && "critical",
    (isMuted || condition === "above_maximum") && "info",
    !isFirst && token !== undefined && "token",
  ].filter(Boolean).join(" ");
  return names === "" ? undefined : new Html(` class="${names}"`);
}

function statesOf({ shown }: HoldingStatus): readonly Html[] {
  return shown.map((condition) =>
    html`
      <span class="level">${STATE_NAMES[condition]}</span>
    `
  );
}

function balanceCell({ account: { reading }, decimals, symbol }: HoldingStatus): Html {
  if (reading === undefined || decimals === undefined) return html`<td class="soft">unknown</td>`;
  const { amount } = reading;
  return html`<td title="${exactAmount(amount, decimals)}">${shortAmount(amount, decimals)} ${symbol}</td>`;
}

/** What a balance is worth; nothing if its price is unknown. */
export function valueText(
  { account: { reading }, decimals, symbol }: HoldingStatus,
  prices: Prices | undefined,
): string | undefined {
  const value = worthOf(prices, reading?.amount, decimals, symbol);
  return value === undefined ? undefined : usdText(value);
}

function changeText(change: Change | undefined, decimals: number | undefined): string | undefined {
  return change === undefined || decimals === undefined ? undefined : signedChange(change.amount, decimals);
}

function thresholdBar({ account: { reading }, thresholds, decimals = 0 }: HoldingStatus): Html | undefined {
  if (reading === undefined) return undefined;
  const marks = Object.values(thresholds).map((amount) => toUnits(amount, decimals));
  return bar(toUnits(reading.amount, decimals), marks);
}

function lineOf({ token, wallet, account: { reading } }: HoldingStatus, { history }: NetworkState): Html | undefined {
  const points = history.points((token ?? wallet).account);
  const [first] = points;
  const last = points.at(-1);
  if (reading === undefined || first === undefined || last === undefined) return undefined;
  const every = Math.ceil(points.length / SPARK_POINTS);
  // Counted from the end, which is the present.
  const shown = points.filter((_, index) => (points.length - 1 - index) % every === 0);
  const amount = Number(reading.amount);
  const span = Math.min(SPARK_SPAN, last.at - first.at);
  return sparkline(shown.map(({ at, changeSince }) => [at, amount - changeSince]), span);
}
