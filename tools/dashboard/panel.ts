/** What can stand in the JSON of a dashboard. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of a dashboard's JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The data source that is chosen above the dashboard. */
export const DATASOURCE: JsonObject = { type: "prometheus", uid: "${datasource}" };

/** A query of a panel. */
export interface Query {
  readonly expr: string;
  /** Such as `{{label}}`; none for tables. */
  readonly legend?: string;
}

/** A panel without its place. */
export interface Panel {
  readonly type: "stat" | "table" | "timeseries" | "state-timeline" | "heatmap";
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** Of 24 columns. */
  readonly width: number;
  /** In rows of about 30 pixels. */
  readonly height: number;
  readonly queries: readonly Query[];
  /** How its queries are asked and answered. */
  readonly format: "instant" | "table" | "time_series" | "heatmap";
  /** How fields are shown, beside their unit. */
  readonly defaults?: JsonObject;
  readonly overrides?: readonly Override[];
  readonly options: JsonObject;
  readonly transformations?: readonly JsonObject[];
  /** The least time between two points. */
  readonly interval?: string;
}

/** How some fields of a panel are shown. */
export interface Override {
  readonly matcher: JsonObject;
  readonly properties: readonly JsonObject[];
}

/** A row: a heading and the panels under it. */
export interface Row {
  readonly title: string;
  /** Whether it is closed until somebody opens it; until then it asks nothing. */
  readonly collapsed: boolean;
  readonly panels: readonly Panel[];
}

/** A step of colours: from this value on; the first has none. */
export type Step = readonly [color: string, from?: number];

/** Writes colours by value. */
export function thresholds(...steps: readonly Step[]): JsonObject {
  return { mode: "absolute", steps: steps.map(([color, from]) => ({ color, value: from ?? null })) };
}

/**
 * Writes texts for values.
 *
 * @param texts the text of 0, of 1 and so on, each with its colour
 */
export function mappings(texts: readonly (readonly [text: string, color: string])[]): readonly JsonObject[] {
  const options = Object.fromEntries(texts.map(([text, color], index) => [index, { color, index, text }]));
  return [{ type: "value", options }];
}

/**
 * Sets how the fields of one query are shown.
 *
 * @param refId the query's letter
 */
export function overrideQuery(refId: string, properties: JsonObject): Override {
  return { matcher: { id: "byFrameRefID", options: refId }, properties: propertiesOf(properties) };
}

/** Sets how a field is shown, by the name it has in the end. */
export function overrideField(name: string, properties: JsonObject): Override {
  return { matcher: { id: "byName", options: name }, properties: propertiesOf(properties) };
}

function propertiesOf(properties: JsonObject): readonly JsonObject[] {
  return Object.entries(properties).map(([id, value]) => ({ id, value }));
}

/** The letter of a query in its panel. */
export function refIdOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}
