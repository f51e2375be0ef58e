import { graph, type Head } from "./kinds.ts";
import { type Panel, thresholds } from "./panel.ts";
import { ENDPOINT, NETWORK, rateOf, select } from "./scope.ts";

const PREFIX = "wallet_balance_exporter_rpc";
const REQUESTS = `${PREFIX}_requests_total`;
const ERRORS = `${PREFIX}_errors_total`;
const DURATIONS = `${PREFIX}_duration_seconds_bucket`;

/** An exporter asks its nodes every five minutes unless told otherwise: shorter steps would show peaks and gaps. */
export const STEP = "5m";

/** A contract that reverts is an answer. */
const FAILURES = { matchers: `reason!="reverted"` };

/** A share of errors above this is an alert. */
const MANY_ERRORS = 0.2;

/** The requests to nodes: how many, how many in vain, how long they take and what they cost. */
export const RPC_PANELS: readonly Panel[] = [
  graph(
    { title: "Requests", description: "HTTP requests to each endpoint in a second.", unit: "reqps", width: 8 },
    [{ expr: rateOf(ENDPOINT, REQUESTS), legend: "{{network}}: {{endpoint}}" }],
    { interval: STEP, defaults: { min: 0 } },
  ),
  graph(
    {
      title: "Errors by reason",
      description: "Requests in a second that failed as a whole or in part; the metrics reference has the reasons.",
      unit: "reqps",
      width: 8,
    },
    [{ expr: `${rateOf(NETWORK, ERRORS, { by: "reason" })} > 0`, legend: "{{network}}: {{reason}}" }],
    { interval: STEP, defaults: { min: 0 }, custom: { showPoints: "auto" } },
  ),
  graph(
    {
      title: "Errors per request",
      description:
        "Errors for each request, all reasons but reverted together: more than 100 % where a request has several. " +
        "The alert is at 20 %.",
      unit: "percentunit",
      width: 8,
    },
    [{ expr: `${rateOf(NETWORK, ERRORS, FAILURES)} / (${rateOf(NETWORK, REQUESTS)} > 0)`, legend: "{{network}}" }],
    {
      interval: STEP,
      defaults: { min: 0, thresholds: thresholds(["transparent"], ["red", MANY_ERRORS]) },
      custom: { thresholdsStyle: { mode: "dashed" } },
    },
  ),
  graph(
    {
      title: "Calls per day",
      description: "JSON-RPC calls to each endpoint at the present rate, which is what providers bill.",
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
      title: "Latency",
      description: "Time until an answer is decoded, or until the failure: what half of the requests, and 95 % of " +
        "them, stay below. Times beyond ten seconds are shown as ten.",
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
    title: "Latency of all requests",
    description: "How many requests took how long, over all networks that are chosen.",
    unit: "s",
    width: 8,
  }),
];

function heatmap(head: Head): Panel {
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
