import { DATASOURCE, type JsonObject, type Panel, refIdOf, type Row } from "./panel.ts";

/** Columns of a dashboard. */
const COLUMNS = 24;

/** Some panels have to know which version wrote them. */
const WRITTEN_FOR = "10.4.0";

/** Ids of a row's panels come after its own: a panel more in one row leaves the links to those of others right. */
const IDS_PER_ROW = 100;

/**
 * Gives every panel its place and its number: from left to right as long as there is
 * room, then below.
 *
 * @param rows from top to bottom
 */
export function layOut(rows: readonly Row[]): readonly JsonObject[] {
  const placed: JsonObject[] = [];
  let y = 0;
  for (const [index, { title, collapsed, panels }] of rows.entries()) {
    const id = IDS_PER_ROW * (index + 1);
    const gridPos = { h: 1, w: COLUMNS, x: 0, y: y++ };
    const below = place(panels, y, id);
    const inside = collapsed ? below.panels : [];
    placed.push({ collapsed, gridPos, id, panels: inside, title, type: "row" });
    if (collapsed) continue;
    placed.push(...below.panels);
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
    pluginVersion: WRITTEN_FOR,
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
