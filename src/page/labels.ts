import type { Status } from "../status/status.ts";
import type { WalletPlan } from "../plan/plan.ts";
import { type Html, html } from "./html.ts";
import type { Links } from "./links.ts";
import type { Query } from "./query.ts";

/** A label with more values is filtered by links of the pages of wallets, and by URLs. */
const MAX_VALUES = 50;
/** More labels make the form too long. */
const MAX_SELECTS = 4;

/** A label of wallets with its values, in order. */
export interface LabelValues {
  readonly name: string;
  readonly values: readonly string[];
}

/** Leaves of a status what concerns the wallets with these labels: them, their networks, and the exporter itself. */
export function ofLabels(status: Status, labels: Query["labels"]): Status {
  if (labels.size === 0) return status;
  const isOwn = (wallet: Pick<WalletPlan, "labels">): boolean =>
    labels.entries().every(([name, value]) => wallet.labels[name] === value);
  const wallets = status.wallets.filter(({ wallet }) => isOwn(wallet));
  const networks = new Set(wallets.map(({ network }) => network));
  return {
    ...status,
    wallets,
    networks: status.networks.filter((network) => networks.has(network)),
    alerts: status.alerts.filter(({ network, holding }) =>
      holding === undefined ? network === undefined || networks.has(network) : isOwn(holding.wallet)
    ),
  };
}

/** Lists the labels that a form offers, with their values. */
export function labelValues({ wallets }: Status): readonly LabelValues[] {
  // All wallets have the same names.
  const names = Object.keys(wallets[0]?.wallet.labels ?? {});
  return names.flatMap((name) => {
    const values = new Set<string>();
    for (const { wallet: { labels: { [name]: value = "" } } } of wallets) {
      if (value !== "") values.add(value);
      if (values.size > MAX_VALUES) return [];
    }
    return values.size === 0 ? [] : [{ name, values: [...values].sort() }];
  }).slice(0, MAX_SELECTS);
}

/** Says which labels the page is about. */
export function labelNote(query: Query, links: Links): Html | undefined {
  const { labels } = query;
  if (labels.size === 0) return undefined;
  const names = [...labels].map(([name, value]) => `${name}: ${value}`).join(", ");
  return html`<p>Only wallets with ${names}. <a href="${
    links.wallets(query, { labels: new Map(), page: 1 })
  }">Show all</a></p>`;
}
