import { graph, type Panel, type PanelHead, thresholds } from "./panels.ts";
import { ENDPOINT, NETWORK, rateOf, select } from "./scope.ts";

const PREFIX = "wallet_balance_exporter_rpc";
const REQUESTS = `${PREFIX}_requests_total`;
const ERRORS = `${PREFIX}_errors_total`;
const DURATIONS = `${PREFIX}_duration_seconds_bucket`;

/** The default check interval: shorter steps would show peaks and gaps. */
export const STEP = "5m";

/** Without reverts, which are answers of contracts. */
const FAILURES = { matchers: `reason!="reverted"` };

/** The threshold of WalletBalanceExporterRpcErrors. */
const MAX_ERROR_RATIO = 0.2;

/** RPC requests: rate, errors, latency and billed calls. */
export const RPC_PANELS: readonly Panel[] = [
  graph(
    { title: "RPC requests", description: "HTTP requests per second, by endpoint.", unit: "reqps", width: 8 },
    [{ expr: rateOf(ENDPOINT, REQUESTS), legend: "{{network}}: {{endpoint}}" }],
    { interval: STEP, defaults: { min: 0 } },
  ),
  graph(
    {
      title: "RPC errors by reason",
      description: "Requests per second that failed completely or partially. The runbooks explain the reasons.",
      unit: "reqps",
      width: 8,
    },
    [{ expr: `${rateOf(NETWORK, ERRORS, { by: "reason" })} > 0`, legend: "{{network}}: {{reason}}" }],
    { interval: STEP, defaults: { min: 0 }, custom: { showPoints: "auto" } },
  ),
  graph(
    {
      title: "RPC error ratio",
      description:
        "Errors per request, without reverted. Above 100 % if requests have several errors. Alert threshold: 20 %.",
      unit: "percentunit",
      width: 8,
    },
    [{ expr: `${rateOf(NETWORK, ERRORS, FAILURES)} / (${rateOf(NETWORK, REQUESTS)} > 0)`, legend: "{{network}}" }],
    {
      interval: STEP,
      defaults: { min: 0, thresholds: thresholds(["transparent"], ["red", MAX_ERROR_RATIO]) },
      custom: { thresholdsStyle: { mode: "dashed" } },
    },
  ),
  graph(
    {
      title: "RPC calls per day",
      description: "JSON-RPC calls per day at the current rate, by endpoint. Providers bill calls.",
      unit: "short",
      width: 8,
    },
    [{
      expr: `86400 * ${rateOf(ENDPOINT, `${PREFIX}_calls_total`, { by: "method" })}`,
      legend: "{{network}}: {{endpoint}} {{method}}",
    }],
    { interval: STEP, defaults: { min: 0 } },
  ),
  graph(
    {
      title: "RPC latency",
      description:
        "Median and 95th percentile of the request duration, until the response is decoded or the request fails. " +
        "Capped at ten seconds.",
      unit: "s",
      width: 8,
    },
    [0.5, 0.95].map((share) => ({
      expr: `histogram_quantile(${share}, ${rateOf(NETWORK, DURATIONS, { by: "le" })})`,
      legend: `{{network}}: ${share * 100} %`,
    })),
    { interval: STEP, defaults: { min: 0 } },
  ),
  heatmap({
    title: "RPC latency heatmap",
    description: "Number of requests by duration, of all selected networks.",
    unit: "s",
    width: 8,
  }),
];

function heatmap(head: PanelHead): Panel {
  const buckets = select(NETWORK, DURATIONS, { range: "$__rate_interval" });
  return {
    ...head,
    type: "heatmap",
    height: 8,
    interval: STEP,
    queries: [{ expr: `sum by (le) (increase(${buckets}))`, legend: "{{le}}" }],
    format: "heatmap",
    defaults: { custom: { scaleDistribution: { type: "linear" } } },
    options: {
      calculate: false,
      cellGap: 1,
      cellValues: { unit: "short" },
      color: { mode: "scheme", scheme: "Oranges", exponent: 0.5, fill: "dark-orange", reverse: false, steps: 64 },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: "auto" },
      tooltip: { mode: "single", yHistogram: true },
      yAxis: { axisPlacement: "left", reverse: false, unit: head.unit },
    },
  };
}
