import assert from "node:assert/strict";
import { DASHBOARD, type PanelModel, PANELS, QUERIES, TEXT } from "./model.ts";

const shown = PANELS.filter(({ type }) => type !== "row");

/** Built-in variables of Grafana. */
const BUILT_IN = new Set(["__value", "__rate_interval", "__interval", "__interval_ms", "__range", "__all"]);

function names(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

Deno.test("every panel has a title, a description, a unit and queries", () => {
  assert.ok(shown.length > 30);
  for (const { title, description, fieldConfig, datasource, targets } of shown) {
    assert.notEqual(title, "");
    assert.match(description, /^[A-Z].{20,}\.$/, title);
    assert.notEqual(fieldConfig?.defaults.unit ?? "", "", title);
    assert.deepEqual(datasource, { type: "prometheus", uid: "${datasource}" }, title);
    assert.notEqual(targets.length, 0, title);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
  }
});

Deno.test("panel ids and titles are unique", () => {
  assert.equal(new Set(PANELS.map(({ id }) => id)).size, PANELS.length);
  assert.equal(new Set(shown.map(({ title }) => title)).size, shown.length);
});

Deno.test("panels do not overlap or leave the grid", () => {
  for (const [index, one] of PANELS.entries()) {
    const { x, w } = one.gridPos;
    assert.ok(x >= 0 && w > 0 && x + w <= 24, one.title);
    for (const other of PANELS.slice(index + 1)) {
      assert.ok(!overlap(one.gridPos, other.gridPos), `"${one.title}" overlaps "${other.title}"`);
    }
  }
});

function overlap(a: PanelModel["gridPos"], b: PanelModel["gridPos"]): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

Deno.test("every variable is defined and used", () => {
  const used = [...TEXT.matchAll(/\$\{(\w+)|\$(\w+)/g)].map(([, braced, bare]) => braced ?? bare ?? "");
  const defined = DASHBOARD.templating.list.map(({ name }) => name);
  assert.deepEqual(names(used.filter((name) => !BUILT_IN.has(name))), names(defined));
});

Deno.test("label variables allow multiple values, and refresh when the time range changes", () => {
  const labels = DASHBOARD.templating.list.filter(({ type }) => type === "query");
  assert.deepEqual(
    labels.map(({ name }) => name),
    ["job", "cluster", "namespace", "release", "network", "label"],
  );
  for (const { name, multi, includeAll, refresh } of labels) {
    assert.deepEqual({ name, multi, includeAll, refresh }, { name, multi: true, includeAll: true, refresh: 2 });
  }
});

Deno.test("annotations have the same query for all versions of Grafana", () => {
  const own = DASHBOARD.annotations.list.filter(({ expr }) => expr !== undefined);
  assert.deepEqual(own.map(({ name }) => name), ["Firing alerts", "Rollouts", "Top-ups"]);
  for (const { expr, target } of own) assert.equal(target?.expr, expr);
});

Deno.test("overrides refer to existing fields and queries", () => {
  for (const { title, fieldConfig, targets, transformations } of shown) {
    const letters = targets.map(({ refId }) => refId);
    const columns = JSON.stringify(transformations);
    for (const { matcher: { id, options } } of fieldConfig?.overrides ?? []) {
      if (id === "byFrameRefID") assert.ok(letters.includes(options), `${title}: ${options}`);
      else if (id === "byName") assert.ok(columns.includes(`"${options}"`), `${title}: ${options}`);
    }
  }
});

Deno.test("table columns of strings have no number format", () => {
  for (const { title, fieldConfig } of shown.filter(({ type }) => type === "table")) {
    assert.deepEqual(fieldConfig?.overrides[0], {
      matcher: { id: "byType", options: "string" },
      properties: [{ id: "unit", value: "string" }],
    }, title);
  }
});

Deno.test("every value column of a table has a heading or is hidden", () => {
  for (const { title, targets, transformations } of shown.filter(({ type }) => type === "table")) {
    const arrangement = JSON.stringify(transformations.find(({ id }) => id === "organize"));
    for (const { refId } of targets) assert.match(arrangement, new RegExp(`"Value #${refId}":`), title);
  }
});

Deno.test("the dashboard fits into a ConfigMap and equals that of the chart", async () => {
  assert.ok(new TextEncoder().encode(TEXT).length < 256 * 1024);
  assert.equal(await Deno.readTextFile(new URL("../../chart/files/dashboard.json", import.meta.url)), TEXT);
});

Deno.test("the dashboard has a fixed uid and is read-only", () => {
  const { uid, editable, schemaVersion } = DASHBOARD;
  assert.deepEqual({ uid, editable, schemaVersion }, {
    uid: "wallet-balance-exporter",
    editable: false,
    schemaVersion: 39,
  });
  assert.ok(QUERIES.length > 60);
});

Deno.test("docs/dashboard.md names all rows, variables and links", async () => {
  const docs = new URL("../../docs/", import.meta.url);
  const page = await Deno.readTextFile(new URL("dashboard.md", docs));
  const rows = PANELS.filter(({ type }) => type === "row").map(({ title }) => title);
  for (const name of [...rows, ...DASHBOARD.templating.list.map(({ label }) => label)]) {
    assert.match(page, new RegExp(`^\\|[^|]*\\b${name}\\b[^|]*\\|`, "m"));
  }
  for (const { url } of DASHBOARD.links) {
    const [, path] = /^https:\/\/github\.com\/agglayer\/wallet-balance-exporter\/blob\/main\/docs\/(.+)$/.exec(url) ??
      [];
    assert.ok((await Deno.stat(new URL(path ?? "", docs))).isFile, url);
  }
});
