import { DATASOURCE, type JsonObject, type Panel, refIdOf, type Row } from "./panels.ts";

/** Grid columns of a dashboard. */
const COLUMNS = 24;

/** Grafana migrates panels by this version. */
const GRAFANA_VERSION = "10.4.0";

/** Panel ids follow the id of their row, so that a new panel does not change the links to other rows. */
const IDS_PER_ROW = 100;

/** Assigns position and id to all panels, from left to right, then top to bottom. */
export function layOut(rows: readonly Row[]): readonly JsonObject[] {
  const placed: JsonObject[] = [];
  let y = 0;
  for (const [index, { title, collapsed, panels }] of rows.entries()) {
    const id = IDS_PER_ROW * (index + 1);
    const gridPos = { h: 1, w: COLUMNS, x: 0, y: y++ };
    const below = place(panels, y, id);
    const inside = collapsed ? below.panels : [];
    placed.push({ collapsed, gridPos, id, panels: inside, title, type: "row" });
    if (!collapsed) placed.push(...below.panels);
    // Grafana moves what is below a collapsed row up.
    y = below.end;
  }
  return placed;
}

function place(
  panels: readonly Panel[],
  from: number,
  rowId: number,
): { readonly panels: readonly JsonObject[]; readonly end: number } {
  let x = 0;
  let y = from;
  let tallest = 0;
  const placed = panels.map((panel, index) => {
    const { width: w, height: h } = panel;
    if (x + w > COLUMNS) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const gridPos = { h, w, x, y };
    x += w;
    tallest = Math.max(tallest, h);
    return panelJson(panel, rowId + index + 1, gridPos);
  });
  return { panels: placed, end: y + tallest };
}

function panelJson(panel: Panel, id: number, gridPos: JsonObject): JsonObject {
  const { type, title, description, unit, defaults, overrides = [], options, transformations, interval } = panel;
  return {
    datasource: DATASOURCE,
    description,
    fieldConfig: { defaults: { ...defaults, unit }, overrides: overrides.map((override) => ({ ...override })) },
    gridPos,
    id,
    ...(interval === undefined ? {} : { interval }),
    options,
    pluginVersion: GRAFANA_VERSION,
    targets: targetsOf(panel),
    title,
    ...(transformations === undefined ? {} : { transformations }),
    type,
  };
}

function targetsOf({ queries, format }: Panel): readonly JsonObject[] {
  const instant = format === "instant" || format === "table";
  return queries.map(({ expr, legend }, index) => ({
    datasource: DATASOURCE,
    editorMode: "code",
    expr,
    format: format === "instant" ? "time_series" : format,
    instant,
    legendFormat: legend ?? "__auto",
    range: !instant,
    refId: refIdOf(index),
  }));
}
