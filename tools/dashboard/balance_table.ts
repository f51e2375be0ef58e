import {
  type BalanceMetrics,
  balanceOf,
  MAX_RUNWAY,
  minimumOf,
  outflowOf,
  runwayOf,
  stateOf,
} from "./balance_queries.ts";
import {
  type JsonObject,
  mappings,
  type Override,
  overrideField,
  type Panel,
  type PanelHead,
  refIdOf,
  thresholds,
} from "./panels.ts";
import { maxOf } from "./scope.ts";

/** A column with the values of a query. */
interface Column {
  readonly name: string;
  readonly expr: string;
  /** Field options; the column is hidden without. */
  readonly shown?: JsonObject;
}

const WINDOW = "$window";

/** Addresses look like numbers; without this they would be formatted as such. */
const STRINGS: Override = {
  matcher: { id: "byType", options: "string" },
  properties: [{ id: "unit", value: "string" }],
};

/** Balances without a minimum. */
const NO_MINIMUM: JsonObject = {
  type: "special",
  options: { match: "null+nan", result: { color: "text", index: 1, text: "none" } },
};

const RUNWAY: JsonObject = {
  unit: "s",
  decimals: 1,
  mappings: [
    { type: "value", options: { [MAX_RUNWAY]: { color: "text", index: 0, text: "over 10 years" } } },
    NO_MINIMUM,
  ],
  thresholds: thresholds(["red"], ["orange", 21_600], ["green", 259_200]),
  "custom.cellOptions": { type: "color-text" },
};

const STATES: JsonObject = {
  mappings: mappings([
    ["ok", "green"],
    ["below minimum", "red"],
    ["read failed", "orange"],
    ["read failed, below minimum", "red"],
  ]),
  "custom.cellOptions": { type: "color-text" },
};

const RATIO: JsonObject = {
  decimals: 2,
  min: 0,
  max: 3,
  mappings: [NO_MINIMUM],
  thresholds: thresholds(["red"], ["orange", 1], ["green", 1.5]),
  "custom.cellOptions": { type: "gauge", mode: "basic", valueDisplayMode: "text" },
  "custom.width": 160,
};

/** Label columns with their headings, before and after the value columns. */
const FIRST: readonly (readonly [label: string, heading: string])[] = [
  ["network", "Network"],
  ["label", "Label"],
  ["address", "Address"],
  ["symbol", "Coin"],
];
const LAST: readonly (readonly [label: string, heading: string])[] = [
  ["token", "Token"],
  ["release", "Release"],
  ["namespace", "Namespace"],
  ["cluster", "Cluster"],
];

/**
 * A table with a row per balance. Queries are joined by labels, so a column without a metric stays empty.
 *
 * @param labelQuery a query whose labels are added as columns
 */
export function balanceTable(head: PanelHead, metrics: BalanceMetrics, labelQuery?: string): Panel {
  const columns = [...columnsOf(metrics), ...(labelQuery === undefined ? [] : [{ name: "", expr: labelQuery }])];
  return {
    ...head,
    type: "table",
    height: 12,
    queries: columns.map(({ expr }) => ({ expr })),
    format: "table",
    defaults: { custom: { align: "auto", cellOptions: { type: "auto" }, filterable: true, inspect: false } },
    overrides: [STRINGS, ...columns.flatMap(overrideOf), addressOverride()],
    options: {
      cellHeight: "sm",
      footer: { show: false, reducer: ["sum"], countRows: false, fields: "" },
      showHeader: true,
      sortBy: [{ displayName: "Time to empty", desc: false }],
    },
    transformations: [{ id: "merge", options: {} }, { id: "organize", options: arrangement(columns) }],
  };
}

function columnsOf(metrics: BalanceMetrics): readonly Column[] {
  const balance = balanceOf(metrics);
  const minimum = minimumOf(metrics);
  const { scope, checked } = metrics;
  return [
    { name: "State", expr: stateOf(metrics), shown: STATES },
    { name: "Balance", expr: balance, shown: {} },
    { name: "Minimum", expr: minimum, shown: { mappings: [NO_MINIMUM] } },
    { name: "Balance / minimum", expr: `${balance} / (${minimum} > 0)`, shown: RATIO },
    { name: "Outflow per day", expr: `86400 * ${outflowOf(metrics, WINDOW)}`, shown: {} },
    {
      name: "Time to minimum",
      expr: runwayOf(metrics, `clamp_min(${balance} - ${minimum}, 0)`, WINDOW),
      shown: RUNWAY,
    },
    { name: "Time to empty", expr: runwayOf(metrics, balance, WINDOW), shown: RUNWAY },
    { name: "Last read", expr: `1000 * ${maxOf(scope, checked)}`, shown: { unit: "dateTimeFromNow" } },
  ];
}

function overrideOf({ name, shown }: Column): readonly Override[] {
  return shown === undefined || Object.keys(shown).length === 0 ? [] : [overrideField(name, shown)];
}

/** The explorer comes from a variable, since the metrics do not contain it. */
function addressOverride(): Override {
  const link = { title: "Open in block explorer", url: "${explorer:raw}${__value.raw}", targetBlank: true };
  return overrideField("Address", { links: [link] });
}

function arrangement(columns: readonly Column[]): JsonObject {
  const fields = columns.map(({ name, shown }, index) => ({ field: `Value #${refIdOf(index)}`, name, shown }));
  const shown = fields.filter((field) => field.shown !== undefined).map(({ field, name }) => [field, name] as const);
  const order = [...FIRST, ...shown, ...LAST];
  const hidden = ["Time", ...fields.filter((field) => field.shown === undefined).map(({ field }) => field)];
  return {
    excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
    indexByName: Object.fromEntries(order.map(([field], index) => [field, index])),
    renameByName: Object.fromEntries(order),
  };
}
