import type { ActiveAlert } from "../status/active_alerts.ts";
import type { AlertSeverity } from "../status/condition_alerts.ts";
import type { Status } from "../status/status.ts";
import type { StatusContext } from "../status/holding_status.ts";
import { hasCondition, type WalletStatus } from "../status/wallet_status.ts";
import { type Clock, listInTurns, yieldToEventLoop } from "../util/clock.ts";
import { formatCount } from "../util/text.ts";
import { type Content, Html, html } from "./html.ts";
import { documentOf } from "./layout.ts";
import { labelNote, type LabelValues, labelValues, ofLabels } from "./labels.ts";
import type { Links } from "./links.ts";
import { MAX_NETWORKS, networkTable } from "./network_table.ts";
import { elapsed, footerOf, STATE_NAMES } from "./parts.ts";
import { type Query, SORTS, STATES } from "./query.ts";
import { verdictOf } from "./verdict.ts";
import { walletRows, walletTable } from "./wallet_table.ts";

/** Wallets on one page. */
export const PER_PAGE = 200;
/** More are counted: a person looks at the first ones. */
const MAX_ALERTS = 24;

/** Renders the page of all wallets. */
export async function overview(whole: Status, query: Query, links: Links, clock: Clock): Promise<string> {
  const offered = labelValues(whole);
  await yieldToEventLoop();
  const status = ofLabels(whole, query.labels);
  const context = { clock, interval: 1000 * status.exporter.interval };
  const wanted = status.wallets.values().map((wallet) => isWanted(wallet, query, context) ? wallet : undefined);
  const found = (await listInTurns(wanted, clock)).filter((wallet) => wallet !== undefined).sort(orderOf(query));
  const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
  const page = Math.min(query.page, pages);
  await yieldToEventLoop();
  const shown = found.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  const rows = await listInTurns(shown.values().flatMap((wallet) => walletRows(wallet, status, links)), clock);
  await yieldToEventLoop();
  const verdict = verdictOf(status, query.labels.size > 0);
  const body = html`
    <main>
      <h1 class="${verdict.level}">${verdict.text}</h1>
      <p class="as-of">As of ${timeOf(status.at)}. ${pauseLink(query, links)}, ${wallLink(query, links)}</p>
      ${labelNote(query, links)} ${alertCards(status, links)} ${networkTable(status, query, links)}
      <section>
        <h2 id="wallets">Wallets</h2>
        ${whole.wallets.length > 0 && filterForm(whole, query, links, offered)}
        ${rows.length === 0 ? emptyText(whole, query, links) : walletTable(rows, status.prices !== undefined)}
        ${pages > 1 && pageLinks({ query, links, page, pages, count: found.length })}
      </section>
    </main>
  `;
  return documentOf({ title: verdict.title, body, isWall: query.isWall, footer: footerOf(status, links) }).text;
}

function isWanted(status: WalletStatus, { network, state, q }: Query, context: StatusContext): boolean {
  if (network !== "" && status.network.plan.id !== network) return false;
  const { label, address, labels } = status.wallet;
  const text = q.toLowerCase();
  const isFound = q === "" ||
    [label, address, ...Object.values(labels)].some((each) => each.toLowerCase().includes(text));
  return isFound && isInState(status, state, context);
}

function isInState(status: WalletStatus, state: Query["state"], context: StatusContext): boolean {
  const { condition, mute } = status;
  switch (state) {
    case "":
      return true;
    case "attention":
      return condition !== undefined;
    case "ok":
      return condition === undefined && mute === undefined;
    case "muted":
      return mute !== undefined;
    default:
      return hasCondition(status, state, context);
  }
}

/** Where wallets are equal they stay in the order of the status, which is that of urgency. */
function orderOf({ sort }: Query): (one: WalletStatus, other: WalletStatus) => number {
  switch (sort) {
    case "urgency":
      return () => 0;
    case "label":
      return (one, other) => compare(one.wallet.label, other.wallet.label);
    case "network":
      return (one, other) => compare(one.network.plan.id, other.network.plan.id);
    case "left":
      return (one, other) => (one.secondsToEmpty ?? Number.MAX_VALUE) - (other.secondsToEmpty ?? Number.MAX_VALUE);
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function timeOf(at: number): Html {
  const [date = "", time = ""] = new Date(1000 * at).toISOString().split("T");
  return html`<time datetime="${date}T${time}">${date} ${time.slice(0, 8)} UTC</time>`;
}

function pauseLink(query: Query, links: Links): Html {
  const text = query.isPaused ? "Refresh every 30 s" : "Pause refreshing";
  return html`<a class="pause" href="${links.wallets(query, { isPaused: !query.isPaused })}">${text}</a>`;
}

function wallLink(query: Query, links: Links): Html {
  const text = query.isWall ? "leave the wall view" : "wall view";
  return html`<a class="pause" href="${links.wallets(query, { isWall: !query.isWall })}">${text}</a>`;
}

function alertCards({ alerts, at }: Status, links: Links): Html | undefined {
  if (alerts.length === 0) return undefined;
  const more = alerts.length - MAX_ALERTS;
  return html`
    <section aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      <ul class="cards">${alerts.slice(0, MAX_ALERTS).map((alert) => card(alert, at, links))}</ul>
      ${more > 0 && html`<p>and ${formatCount(more, "more", "more")}: see the list of wallets</p>`}
    </section>
  `;
}

function card({ name, severity, network, holding, text, since }: ActiveAlert, now: number, links: Links): Html {
  const subject: Content = holding === undefined || network === undefined
    ? network?.plan.id ?? "Exporter"
    : html`<a href="${links.wallet(network.plan.id, holding.wallet.address)}">${
      holding.wallet.label || "no label"
    }</a>`;
  return html`
    <li class="${severity}">
      <span class="level">${SEVERITY_NAMES[severity]}</span>${" "}
      <b>${subject}</b>${holding !== undefined && ` on ${network?.plan.id}`}
      <p>${text}</p>
      <p class="soft">
        ${since !== undefined && ["Known for ", elapsed(since, now), ". "]}
        <a href="${links.runbook(name)}">What to do</a>
      </p>
    </li>
  `;
}

const SEVERITY_NAMES: Readonly<Record<AlertSeverity, string>> = {
  critical: "Critical",
  warning: "Warning",
  info: "Info",
};

const SORT_NAMES: Readonly<Record<(typeof SORTS)[number], string>> = {
  urgency: "urgency",
  label: "label",
  network: "network",
  left: "time left",
};

function filterForm({ networks }: Status, query: Query, { home }: Links, offered: readonly LabelValues[]): Html {
  const { network, state, labels, q, sort, isPaused } = query;
  const others = [...labels].filter(([name]) => !offered.some((each) => each.name === name));
  const names = networks.slice(0, MAX_NETWORKS).map(({ plan }) => plan.id);
  return html`
    <form action="${home}" method="get">
      <label>Search<input type="search" name="q" value="${q}"></label>
      <label>Network<select name="network">${option("", "all", network)}${names.map((name) =>
        option(name, name, network)
      )}</select></label>
      <label>State<select name="state">${option("", "all", state)}${STATES.map((each) =>
        option(each, STATE_NAMES[each], state)
      )}</select></label>
      ${offered.map(({ name, values }) => labelSelect(name, values, labels.get(name) ?? ""))}
      <label>Sort by<select name="sort">${SORTS.map((each) => option(each, SORT_NAMES[each], sort))}</select></label>
      ${others.map(([name, value]) => html`<input type="hidden" name="labels.${name}" value="${value}">`)}
      ${isPaused && html`<input type="hidden" name="refresh" value="0">`}
      <button>Show</button>
    </form>
  `;
}

function labelSelect(name: string, values: readonly string[], selected: string): Html {
  // One that no wallet has would otherwise be shown as "all".
  const all = selected === "" || values.includes(selected) ? values : [selected, ...values];
  return html`
    <label>${name}<select name="labels.${name}">${option("", "all", selected)}${all.map((each) =>
      option(each, each, selected)
    )}</select></label>
  `;
}

function option(value: string, text: string, selected: string): Html {
  const attribute = value === selected && new Html(" selected");
  return html`
    <option value="${value}" ${attribute}>${text}</option>
  `;
}

function emptyText({ wallets, isStarting }: Status, query: Query, links: Links): Html {
  if (wallets.length > 0) {
    const all = links.wallets(query, { network: "", state: "", labels: new Map(), q: "", page: 1 });
    return html`<p>No wallet matches. <a href="${all}">Show all</a></p>`;
  }
  if (isStarting) return html`<p>The first poll is under way.</p>`;
  return html`<p>The configuration has no wallets. Add some: it is reloaded when the file changes.</p>`;
}

interface PageLinks {
  readonly query: Query;
  readonly links: Links;
  readonly page: number;
  readonly pages: number;
  readonly count: number;
}

function pageLinks({ query, links, page, pages, count }: PageLinks): Html {
  const link = (to: number, text: string, rel: string): Html | false =>
    to >= 1 && to <= pages && html`<a rel="${rel}" href="${links.wallets(query, { page: to })}">${text}</a>`;
  return html`
    <nav aria-label="Pages">
      ${link(page - 1, "Previous", "prev")} Page ${page} of ${pages}, ${formatCount(count, "wallet")}${" "}
      ${link(page + 1, "Next", "next")}
    </nav>
  `;
}
