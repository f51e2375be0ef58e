/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The data source selected by the variable. */
export const DATASOURCE: JsonObject = { type: "prometheus", uid: "${datasource}" };

/** A query of a panel. */
export interface Query {
  readonly expr: string;
  /** Such as `{{label}}`; not used by tables. */
  readonly legend?: string;
}

/** A panel without position and id. */
export interface Panel {
  readonly type: "stat" | "table" | "timeseries" | "state-timeline" | "heatmap";
  readonly title: string;
  /** What it shows, and how to read it. */
  readonly description: string;
  /** Grafana's unit id. */
  readonly unit: string;
  /** In columns of 24. */
  readonly width: number;
  /** In rows of about 30 pixels. */
  readonly height: number;
  readonly queries: readonly Query[];
  /** Query type and result format. */
  readonly format: "instant" | "table" | "time_series" | "heatmap";
  /** Field options besides the unit. */
  readonly defaults?: JsonObject;
  readonly overrides?: readonly Override[];
  readonly options: JsonObject;
  readonly transformations?: readonly JsonObject[];
  /** Minimum time between two points. */
  readonly interval?: string;
}

/** Field options of some fields. */
export interface Override {
  readonly matcher: JsonObject;
  readonly properties: readonly JsonObject[];
}

/** A row of panels. */
export interface Row {
  readonly title: string;
  /** A collapsed row sends no queries. */
  readonly collapsed: boolean;
  readonly panels: readonly Panel[];
}

/** A threshold: the color from a value on; the first one has no value. */
export type Step = readonly [color: string, from?: number];

/** Absolute thresholds. */
export function thresholds(...steps: readonly Step[]): JsonObject {
  return { mode: "absolute", steps: steps.map(([color, from]) => ({ color, value: from ?? null })) };
}

/**
 * Value mappings.
 *
 * @param texts text and color of 0, 1, …
 */
export function mappings(texts: readonly (readonly [text: string, color: string])[]): readonly JsonObject[] {
  const options = Object.fromEntries(texts.map(([text, color], index) => [index, { color, index, text }]));
  return [{ type: "value", options }];
}

/** Overrides the fields of one query. */
export function overrideQuery(refId: string, properties: JsonObject): Override {
  return { matcher: { id: "byFrameRefID", options: refId }, properties: propertiesOf(properties) };
}

/** Overrides a field, by its name after transformations. */
export function overrideField(name: string, properties: JsonObject): Override {
  return { matcher: { id: "byName", options: name }, properties: propertiesOf(properties) };
}

function propertiesOf(properties: JsonObject): readonly JsonObject[] {
  return Object.entries(properties).map(([id, value]) => ({ id, value }));
}

/** The letter of a query, by its index in the panel. */
export function refIdOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** Common options of all panels. */
export interface PanelHead {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly width: number;
}

/** A panel with a single number, of an instant query. */
export function stat(head: PanelHead, expr: string, defaults: JsonObject): Panel {
  return {
    ...head,
    type: "stat",
    height: 4,
    queries: [{ expr }],
    format: "instant",
    defaults: { color: { mode: "thresholds" }, ...defaults },
    options: {
      colorMode: "value",
      graphMode: "none",
      justifyMode: "auto",
      orientation: "auto",
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
      textMode: "auto",
      wideLayout: true,
    },
  };
}

/** Options of a graph. */
export interface GraphStyle {
  readonly height?: number;
  readonly interval?: string;
  /** Such as bounds and colors. */
  readonly defaults?: JsonObject;
  /** Style of lines and bars. */
  readonly custom?: JsonObject;
  readonly overrides?: readonly Override[];
}

/** A time series panel, with lines by default. */
export function graph(head: PanelHead, queries: readonly Query[], style: GraphStyle = {}): Panel {
  const { height = 8, interval, defaults, custom, overrides } = style;
  return {
    ...head,
    type: "timeseries",
    height,
    queries,
    format: "time_series",
    defaults: {
      color: { mode: "palette-classic" },
      ...defaults,
      custom: { drawStyle: "line", fillOpacity: 0, lineWidth: 1, showPoints: "never", spanNulls: false, ...custom },
    },
    ...(overrides === undefined ? {} : { overrides }),
    ...(interval === undefined ? {} : { interval }),
    options: {
      legend: { calcs: ["lastNotNull"], displayMode: "table", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
}

/** Stacked bars, each for the time before it. */
export const BARS: JsonObject = {
  drawStyle: "bars",
  fillOpacity: 80,
  lineWidth: 0,
  barAlignment: -1,
  stacking: { mode: "normal", group: "A" },
};

/** Draws the lines of one query dashed, without legend. */
export function dashed(refId: string, color: string): Override {
  return overrideQuery(refId, {
    "custom.lineStyle": { fill: "dash", dash: [10, 10] },
    "custom.hideFrom": { legend: true, tooltip: false, viz: false },
    color: { mode: "fixed", fixedColor: color },
  });
}

/**
 * A state timeline.
 *
 * @param states text and color of 0, 1, …
 */
export function timeline(
  head: PanelHead,
  queries: readonly Query[],
  states: readonly (readonly [text: string, color: string])[],
): Panel {
  return {
    ...head,
    type: "state-timeline",
    height: 8,
    queries,
    format: "time_series",
    defaults: {
      color: { mode: "thresholds" },
      mappings: mappings(states),
      custom: { fillOpacity: 80, lineWidth: 0, spanNulls: false },
    },
    options: {
      alignValue: "left",
      legend: { displayMode: "list", placement: "bottom", showLegend: false },
      mergeValues: true,
      rowHeight: 0.9,
      showValue: "auto",
      tooltip: { mode: "single", sort: "none" },
    },
  };
}
