import { type JsonObject, mappings, type Override, overrideQuery, type Panel, type Query } from "./panel.ts";

/** What every panel says of itself. */
export interface Head {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly width: number;
}

/**
 * Makes a panel of one number.
 *
 * @param expr an instant query
 * @param defaults its colours
 */
export function stat(head: Head, expr: string, defaults: JsonObject): Panel {
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

/** How a graph differs from the usual one. */
export interface GraphStyle {
  readonly height?: number;
  readonly interval?: string;
  /** Beside the style: bounds and colours. */
  readonly defaults?: JsonObject;
  /** Of lines and bars. */
  readonly custom?: JsonObject;
  readonly overrides?: readonly Override[];
}

/** Makes a panel of lines, or of what the style makes of them. */
export function graph(head: Head, queries: readonly Query[], style: GraphStyle = {}): Panel {
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

/** The style of stacked bars, each for the time before it. */
export const BARS: JsonObject = {
  drawStyle: "bars",
  fillOpacity: 80,
  lineWidth: 0,
  barAlignment: -1,
  stacking: { mode: "normal", group: "A" },
};

/**
 * Draws the lines of one query dashed, and leaves them out of the legend.
 *
 * @param refId the query's letter
 */
export function dashed(refId: string, color: string): Override {
  return overrideQuery(refId, {
    "custom.lineStyle": { fill: "dash", dash: [10, 10] },
    "custom.hideFrom": { legend: true, tooltip: false, viz: false },
    color: { mode: "fixed", fixedColor: color },
  });
}

/**
 * Makes a panel of states over time.
 *
 * @param states the text and colour of 0, of 1 and so on
 */
export function timeline(
  head: Head,
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
