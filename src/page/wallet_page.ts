import { chainFacts } from "../evm/chains/chain_facts.ts";
import { sortLabels, writeLabels } from "../metrics/encoders/labels.ts";
import { type Label, labelsOf } from "../metrics/model/series.ts";
import { toUnits } from "../poller/units.ts";
import { duration, exactAmount, shortAmount, signedChange } from "../status/format.ts";
import type { Status } from "../status/status.ts";
import type { HoldingStatus } from "../status/holding_status.ts";
import type { WalletStatus } from "../status/wallet_status.ts";
import type { Clock } from "../util/clock.ts";
import type { XY } from "./charts.ts";
import { type Html, html } from "./html.ts";
import { documentOf } from "./layout.ts";
import type { Links } from "./links.ts";
import { ago, factList, footerOf, type NamedContent, STATE_NAMES } from "./parts.ts";
import { valueText } from "./wallet_table.ts";
import { ALL } from "./query.ts";
import { type LevelLine, plot } from "./plot.ts";
import { valueSections } from "./value_sections.ts";
import { muteText } from "./wallet_table.ts";

/** What the page of a wallet is made of. */
export interface WalletPage {
  readonly status: Status;
  /** Of one address on one network: one per label. At least one. */
  readonly wallets: readonly WalletStatus[];
  /** The labels of every series. */
  readonly common: readonly Label[];
  readonly isPaused: boolean;
  readonly links: Links;
  readonly clock: Clock;
}

/** Finds the wallets of an address, whatever its case. */
export function walletsAt({ wallets }: Status, network: string, address: string): readonly WalletStatus[] {
  const key = address.toLowerCase();
  return wallets.filter((each) => each.network.plan.id === network && each.wallet.address.toLowerCase() === key);
}

/** Renders the page of one wallet. */
export function walletPage(page: WalletPage): string {
  const { status, wallets, links } = page;
  const [first] = wallets;
  if (first === undefined) throw new RangeError("No wallet to show");
  const { network: { plan, chainId = plan.chainId }, wallet: { address } } = first;
  const explorer = chainId === undefined ? undefined : chainFacts(chainId)?.explorer;
  const names = wallets.map(({ wallet }) => wallet.label || "no label").join(", ");
  const body = html`
    <main>
      <p><a href="${links.home}">All wallets</a></p>
      <h1 class="${levelOf(wallets)}">${names}</h1>
      <p class="as-of">
        ${plan.id}, <span class="whole">${address}</span>
        ${explorer !== undefined && html`, <a href="${explorer}/address/${address}">block explorer</a>`}
      </p>
      ${wallets.map((wallet, index) => walletSection(wallet, index, page))}
    </main>
  `;
  return documentOf({ title: `${names} on ${plan.id}`, body, isWall: false, footer: footerOf(status, links) }).text;
}

function levelOf(wallets: readonly WalletStatus[]): string {
  if (wallets.every(({ condition }) => condition === undefined)) return "fine";
  const isUrgent = wallets.some(({ condition }) => condition === "critical" || condition === "delegated");
  return isUrgent ? "critical" : "attention";
}

function walletSection({ network, wallet, holdings, mute }: WalletStatus, index: number, page: WalletPage): Html {
  const labels = Object.entries(wallet.labels).filter(([, value]) => value !== "");
  return html`
    <section>
      ${page.wallets.length > 1 && html`<h2 id="wallet-${index}">${wallet.label || "no label"}</h2>`}
      ${labels.length > 0 && html`<p>${
        labels.map(([name, value], place) => [
          place > 0 && ", ",
          `${name}: `,
          html`<a href="${page.links.wallets(ALL, { labels: new Map([[name, value]]) })}">${value}</a>`,
        ])
      }</p>`}
      ${mute && html`<p>${muteText(mute)}</p>`}
      ${holdings.map((holding) => holdingSection(holding, network, page))}
      ${valueSections(holdings[0], network, page.status.at)}
    </section>
  `;
}

function holdingSection(holding: HoldingStatus, network: WalletStatus["network"], page: WalletPage): Html {
  const { symbol = "coin", token, decimals, account: { reading, spent, received }, condition, failure } = holding;
  const { clock, wallets, status, status: { at: now } } = page;
  const name = [symbol, token !== undefined && html`${" "}<span class="whole">${token.token.address}</span>`];
  const amountOf = (amount: bigint | undefined): string =>
    amount === undefined || decimals === undefined ? "unknown" : `${exactAmount(amount, decimals)} ${symbol}`;
  const facts: readonly NamedContent[] = [
    ["Balance", amountOf(reading?.amount)],
    ...(status.prices === undefined ? [] : [["Value", valueText(holding, status.prices) ?? "unknown"] as const]),
    ...Object.entries(holding.thresholds).map(([level, amount]): NamedContent => [level, amountOf(amount)]),
    ["State", STATE_NAMES[condition ?? "ok"]],
    ["Time left", timeLeft(holding)],
    ["Change in 1 h", changeText(holding.hour, decimals, symbol)],
    ["Change in 24 h", changeText(holding.day, decimals, symbol)],
    ["Spent since start", amountOf(spent)],
    ["Received since start", amountOf(received)],
    ["Read", reading === undefined ? "never" : [ago(reading.at, now), blockText(reading.block?.number)]],
    ["Last failure", failure ?? "none"],
    ["Series", html`<code>${seriesName(holding, network, page.common)}</code>`],
  ];
  return html`
    <section class="holding">
      ${wallets.length > 1 ? html`<h3>${name}</h3>` : html`<h2>${name}</h2>`}
      ${plotOf(holding, network, clock)}
      ${factList(facts)}
    </section>
  `;
}

function blockText(number: bigint | undefined): string {
  return number === undefined ? "" : `, at block ${exactAmount(number, 0)}`;
}

function timeLeft(
  { outflow, day, secondsToEmpty, secondsToMinimum, decimals, symbol = "" }: HoldingStatus,
): string {
  if (outflow === undefined || day === undefined || decimals === undefined) {
    return "unknown until it was watched for ten minutes";
  }
  if (secondsToEmpty === undefined) return "not decreasing";
  const perDay = shortAmount(BigInt(Math.trunc(86_400 * outflow)), decimals);
  const minimum = secondsToMinimum === undefined ? "" : `, below its minimum in ${duration(secondsToMinimum)}`;
  return `empty in ${duration(secondsToEmpty)}${minimum}, at ${perDay} ${symbol} per day: what was spent in the last ` +
    `${duration(day.seconds)}, without times of top-ups`;
}

function changeText(change: HoldingStatus["hour"], decimals: number | undefined, symbol: string): string {
  if (change === undefined || decimals === undefined) return "unknown";
  return `${signedChange(change.amount, decimals)} ${symbol} in ${duration(change.seconds)}`;
}

function seriesName(
  { wallet, token }: HoldingStatus,
  { plan }: WalletStatus["network"],
  common: readonly Label[],
): string {
  const name = token === undefined ? "wallet_balance_eth" : "wallet_token_balance";
  return `${name}{${writeLabels(sortLabels([...labelsOf(plan, { wallet, token }), ...common]))}}`;
}

function plotOf(holding: HoldingStatus, { history }: WalletStatus["network"], clock: Clock): Html | undefined {
  const { account: { reading }, thresholds, decimals, symbol = "coins", token, wallet } = holding;
  if (reading === undefined || decimals === undefined) return undefined;
  const amount = Number(reading.amount);
  const scale = 10 ** decimals;
  const points = history.points((token ?? wallet).account).map(({ at, changeSince }): XY => [
    clock.epoch() - (clock.now() - at) / 1000,
    Math.max(0, (amount - changeSince) / scale),
  ]);
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  const levels = Object.entries(thresholds).map(([name, value]): LevelLine => ({
    name,
    value: toUnits(value, decimals),
  }));
  const marks = points.filter(([, value], index) => value > (points[index - 1]?.[1] ?? Infinity));
  const range = duration(last[0] - first[0]);
  return plot({
    title: `Balance in the last ${range}, in ${symbol}`,
    description: `From ${Number(first[1].toPrecision(6))} to ${
      Number(last[1].toPrecision(6))
    } ${symbol}, with ${marks.length} top-ups, which are marked`,
    points,
    marks,
    levels,
  });
}
