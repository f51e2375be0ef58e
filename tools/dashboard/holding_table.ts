import { balanceOf, type Holding, LONGEST_RUNWAY, minimumOf, outflowOf, runwayOf, stateOf } from "./holding.ts";
import type { Head } from "./kinds.ts";
import { type JsonObject, mappings, type Override, overrideField, type Panel, refIdOf, thresholds } from "./panel.ts";
import { maxOf } from "./scope.ts";

/** A column that a query fills. */
interface Column {
  readonly name: string;
  readonly expr: string;
  /** How it is shown; a column without is hidden. */
  readonly shown?: JsonObject;
}

/** What a table of holdings has beside the usual columns. */
export interface Addition {
  /** A query whose labels are the columns; its value is not shown. */
  readonly expr: string;
}

const WINDOW = "$window";

/** An address looks like a number; with a number's unit it would be shown as one. */
const TEXTS: Override = {
  matcher: { id: "byType", options: "string" },
  properties: [{ id: "unit", value: "string" }],
};

/** For a holding without a minimum. */
const NO_MINIMUM: JsonObject = {
  type: "special",
  options: { match: "null+nan", result: { color: "text", index: 1, text: "none" } },
};

const RUNWAY: JsonObject = {
  unit: "s",
  decimals: 1,
  mappings: [
    { type: "value", options: { [LONGEST_RUNWAY]: { color: "text", index: 0, text: "over 10 years" } } },
    NO_MINIMUM,
  ],
  thresholds: thresholds(["red"], ["orange", 21_600], ["green", 259_200]),
  "custom.cellOptions": { type: "color-text" },
};

const STATES: JsonObject = {
  mappings: mappings([
    ["ok", "green"],
    ["below minimum", "red"],
    ["check fails", "orange"],
    ["check fails, below minimum", "red"],
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

/** The columns that are labels, with their headings, before and after those of the queries. */
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
 * Makes a table with a row for each holding. Its queries are merged by the labels that
 * they share, so a column that an exporter has no metric for stays empty.
 *
 * @param holding what it lists
 * @param addition labels from elsewhere
 */
export function holdingTable(head: Head, holding: Holding, addition?: Addition): Panel {
  const columns = [...columnsOf(holding), ...(addition === undefined ? [] : [{ name: "", expr: addition.expr }])];
  return {
    ...head,
    type: "table",
    height: 12,
    queries: columns.map(({ expr }) => ({ expr })),
    format: "table",
    defaults: { custom: { align: "auto", cellOptions: { type: "auto" }, filterable: true, inspect: false } },
    overrides: [TEXTS, ...columns.flatMap(overrideOf), addressOverride()],
    options: {
      cellHeight: "sm",
      footer: { show: false, reducer: ["sum"], countRows: false, fields: "" },
      showHeader: true,
      sortBy: [{ displayName: "Time to empty", desc: false }],
    },
    transformations: [{ id: "merge", options: {} }, { id: "organize", options: arrangement(columns) }],
  };
}

function columnsOf(holding: Holding): readonly Column[] {
  const balance = balanceOf(holding);
  const minimum = minimumOf(holding);
  const { scope, checked } = holding;
  return [
    { name: "State", expr: stateOf(holding), shown: STATES },
    { name: "Balance", expr: balance, shown: {} },
    { name: "Minimum", expr: minimum, shown: { mappings: [NO_MINIMUM] } },
    { name: "Balance / minimum", expr: `${balance} / (${minimum} > 0)`, shown: RATIO },
    { name: "Outflow per day", expr: `86400 * ${outflowOf(holding, WINDOW)}`, shown: {} },
    {
      name: "Time to minimum",
      expr: runwayOf(holding, `clamp_min(${balance} - ${minimum}, 0)`, WINDOW),
      shown: RUNWAY,
    },
    { name: "Time to empty", expr: runwayOf(holding, balance, WINDOW), shown: RUNWAY },
    { name: "Last checked", expr: `1000 * ${maxOf(scope, checked)}`, shown: { unit: "dateTimeFromNow" } },
  ];
}

function overrideOf({ name, shown }: Column): readonly Override[] {
  return shown === undefined || Object.keys(shown).length === 0 ? [] : [overrideField(name, shown)];
}

/** Which explorer knows a network cannot be told from its metrics, so the variable above says it. */
function addressOverride(): Override {
  const link = { title: "Look it up in the explorer", url: "${explorer:raw}${__value.raw}", targetBlank: true };
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
