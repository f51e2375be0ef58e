import { NATIVE } from "./balance_queries.ts";
import { DATASOURCE, type JsonObject } from "./panels.ts";
import { ALERT_FILTER, EXPORTER, maxOf, select } from "./scope.ts";

/** An event that is shown in all graphs. */
interface Annotation {
  readonly name: string;
  readonly color: string;
  /** Greater than 0 while the event lasts. */
  readonly expr: string;
  readonly title: string;
  readonly text: string;
  /** Labels to show as tags. */
  readonly tags: readonly string[];
}

/** Time between two points of the query: an event between them is shown at the second. */
const STEP = "$__interval";

const EVENTS: readonly Annotation[] = [
  {
    name: "Firing alerts",
    color: "red",
    expr: "max by (alertname, severity, cluster, namespace, release, network, label, address) " +
      `(ALERTS{alertstate="firing", alertname=~"Wallet(Token)?Balance.*", ${ALERT_FILTER}})`,
    title: "{{alertname}}",
    text: "{{label}} {{address}} {{network}}",
    tags: ["severity", "release", "namespace"],
  },
  {
    name: "Rollouts",
    color: "blue",
    expr: newVersion(),
    title: "Version {{version}}",
    text: "{{release}} ({{namespace}}) runs a version that it did not run 15 minutes before.",
    tags: ["release", "namespace"],
  },
  {
    name: "Top-ups",
    color: "green",
    expr: topUp(),
    title: "Top-up of {{label}}",
    text: "The balance of {{address}} on {{network}} rose by more than 10 %.",
    tags: ["network", "release"],
  },
];

function newVersion(): string {
  const info = "wallet_balance_exporter_info";
  const versions = `${EXPORTER.labels}, version`;
  const before = `last_over_time(${select(EXPORTER, info, { range: "15m", offset: STEP })})`;
  return `${maxOf(EXPORTER, info, { by: "version" })} unless max by (${versions}) (${before})`;
}

/** At least a tenth, since wallets that collect fees receive small amounts all the time. */
function topUp(): string {
  const now = maxOf(NATIVE.scope, NATIVE.balance);
  const before = maxOf(NATIVE.scope, NATIVE.balance, { offset: STEP });
  return `${now} - ${before} > 0.1 * ${before}`;
}

/** The dashboard's annotations, after Grafana's built-in one. */
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
  ...EVENTS.map(annotation),
];

/** The query is duplicated: Grafana before 12 reads it from `expr`, later versions from `target`. */
function annotation({ name, color, expr, title, text, tags }: Annotation): JsonObject {
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
