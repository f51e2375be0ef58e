import { COINS } from "./holding.ts";
import { DATASOURCE, type JsonObject } from "./panel.ts";
import { EXPORTER, LENIENT_FILTER, maxOf, select } from "./scope.ts";

/** A kind of event that is marked in all graphs. */
interface Marks {
  readonly name: string;
  readonly color: string;
  /** Greater than 0 while there is something to mark. */
  readonly expr: string;
  readonly title: string;
  readonly text: string;
  /** The labels to be tags. */
  readonly tags: readonly string[];
}

/** The time from one point of the query to the next: what happened between two points is marked at the second. */
const STEP = "$__interval";

const MARKS: readonly Marks[] = [
  {
    name: "Firing alerts",
    color: "red",
    expr: "max by (alertname, severity, cluster, namespace, release, network, label, address) " +
      `(ALERTS{alertstate="firing", alertname=~"Wallet(Token)?Balance.*", ${LENIENT_FILTER}})`,
    title: "{{alertname}}",
    text: "{{label}} {{address}} {{network}}",
    tags: ["severity", "release", "namespace"],
  },
  {
    name: "Rollouts",
    color: "blue",
    expr: newVersion(),
    title: "Version {{version}}",
    text: "{{release}} ({{namespace}}) runs a version that it did not run a quarter of an hour before.",
    tags: ["release", "namespace"],
  },
  {
    name: "Top-ups",
    color: "green",
    expr: topUp(),
    title: "Top-up of {{label}}",
    text: "{{address}} on {{network}} holds at least a tenth more than before.",
    tags: ["network", "release"],
  },
];

function newVersion(): string {
  const info = "wallet_balance_exporter_info";
  const versions = `${EXPORTER.labels}, version`;
  const before = `last_over_time(${select(EXPORTER, info, { range: "15m", offset: STEP })})`;
  return `${maxOf(EXPORTER, info, { by: "version" })} unless max by (${versions}) (${before})`;
}

/** A tenth, for a wallet that gathers fees gets a little all the time. */
function topUp(): string {
  const now = maxOf(COINS.scope, COINS.balance);
  const before = maxOf(COINS.scope, COINS.balance, { offset: STEP });
  return `${now} - ${before} > 0.1 * ${before}`;
}

/** The marks of the dashboard, after the one that Grafana itself puts into every dashboard. */
export const ANNOTATIONS: readonly JsonObject[] = [
  {
    builtIn: 1,
    datasource: { type: "grafana", uid: "-- Grafana --" },
    enable: true,
    hide: true,
    iconColor: "rgba(0, 211, 255, 1)",
    name: "Annotations & Alerts",
    type: "dashboard",
  },
  ...MARKS.map(annotation),
];

/** The query stands there twice: Grafana before 12 looks for it beside `target` as well. */
function annotation({ name, color, expr, title, text, tags }: Marks): JsonObject {
  const step = "1m";
  return {
    datasource: DATASOURCE,
    enable: true,
    expr,
    hide: false,
    iconColor: color,
    name,
    step,
    tagKeys: tags.join(","),
    target: { expr, interval: step, refId: "Anno" },
    textFormat: text,
    titleFormat: title,
    useValueForTime: false,
  };
}
