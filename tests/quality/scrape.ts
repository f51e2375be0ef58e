import type { Span } from "./calendar.ts";
import type { Database, Labels, Series } from "./evaluate.ts";
import type { WalletYear } from "./wallets.ts";

/** Seconds: as often as it is scraped, and as rules are evaluated. */
export const SCRAPE = 60;

/** Series of raw metrics: name, labels, and a value per scrape. NaN: there is none, and the series is stale. */
export interface RawSeries extends Series {
  readonly name: string;
}

/** What an exporter publishes about a wallet. */
export function scrapeWallet(wallet: WalletYear): readonly RawSeries[] {
  const { length } = wallet.balance;
  const isOut = marked(wallet.outages, length);
  const isDown = marked(wallet.gaps, length);
  const empty = (): Float64Array => new Float64Array(length).fill(NaN);
  const [balance, below, success, checked, minimum] = [empty(), empty(), empty(), empty(), empty()];
  const phase = wallet.seed % wallet.interval;
  let known = NaN;
  let readAt = NaN;
  let read = NaN;
  for (let minute = 0; minute < length; minute++) {
    if (isDown[minute] === 1) {
      known = readAt = read = NaN;
      continue;
    }
    // A process polls when it starts.
    const starts = minute === 0 || isDown[minute - 1] === 1;
    if (starts || minute % wallet.interval === phase) {
      read = isOut[minute] === 1 ? 0 : 1;
      if (read === 1) {
        known = wallet.balance[minute] ?? NaN;
        readAt = minute * SCRAPE;
      }
    }
    balance[minute] = known;
    checked[minute] = readAt;
    success[minute] = read;
    if (wallet.minimum > 0) {
      minimum[minute] = wallet.minimum;
      below[minute] = known === known ? (known < wallet.minimum ? 1 : 0) : NaN;
    }
  }
  const labels = labelsOf(wallet.seed);
  const series: RawSeries[] = [
    { name: "wallet_balance_eth", labels, values: balance },
    { name: "wallet_balance_check_success", labels, values: success },
    { name: "wallet_balance_check_timestamp", labels, values: checked },
  ];
  if (wallet.minimum === 0) return series;
  return [
    ...series,
    {
      name: "wallet_balance_below_minimum",
      labels: { ...labels, min_balance_eth: String(wallet.minimum) },
      values: below,
    },
    { name: "wallet_balance_threshold_eth", labels: { ...labels, level: "minimum" }, values: minimum },
  ];
}

/** Each wallet has a network of its own: whether others can be read changes nothing. */
function labelsOf(seed: number): Labels {
  return { namespace: "ns", release: "rel", network: `n${seed}`, label: "op", address: `0x${seed}` };
}

function marked(spans: readonly Span[], length: number): Uint8Array {
  const marks = new Uint8Array(length);
  for (const { from, to } of spans) marks.fill(1, from, to);
  return marks;
}

/**
 * Makes a database of what was scraped.
 *
 * @param every minutes between the times of the grid
 */
export function databaseOf(raw: readonly RawSeries[], every = 1): Database {
  const series = new Map<string, Series[]>();
  for (const { name, labels, values } of raw) {
    const picked = every === 1 ? values : values.filter((_, at) => at % every === 0);
    series.set(name, [...series.get(name) ?? [], { labels, values: picked }]);
  }
  const length = Math.ceil((raw[0]?.values.length ?? 0) / every);
  return { length, step: every * SCRAPE, series };
}
