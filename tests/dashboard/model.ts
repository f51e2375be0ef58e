import * as v from "valibot";

const override = v.looseObject({
  matcher: v.object({ id: v.string(), options: v.string() }),
  properties: v.array(v.object({ id: v.string(), value: v.unknown() })),
});

const panel = v.looseObject({
  id: v.number(),
  type: v.string(),
  title: v.string(),
  gridPos: v.object({ h: v.number(), w: v.number(), x: v.number(), y: v.number() }),
  description: v.optional(v.string(), ""),
  datasource: v.optional(v.object({ type: v.string(), uid: v.string() })),
  fieldConfig: v.optional(v.object({
    defaults: v.looseObject({ unit: v.optional(v.string(), "") }),
    overrides: v.array(override),
  })),
  targets: v.optional(
    v.array(v.looseObject({ refId: v.string(), expr: v.string(), legendFormat: v.string(), instant: v.boolean() })),
    [],
  ),
  transformations: v.optional(v.array(v.looseObject({ id: v.string() })), []),
});

const shape = v.looseObject({
  annotations: v.object({
    list: v.array(v.looseObject({
      name: v.string(),
      expr: v.optional(v.string()),
      target: v.optional(v.looseObject({ expr: v.string() })),
    })),
  }),
  editable: v.boolean(),
  links: v.array(v.looseObject({ url: v.string() })),
  panels: v.array(v.looseObject({ ...panel.entries, panels: v.optional(v.array(panel), []) })),
  schemaVersion: v.number(),
  templating: v.object({
    list: v.array(v.looseObject({
      name: v.string(),
      label: v.string(),
      type: v.string(),
      definition: v.optional(v.string()),
      multi: v.optional(v.boolean(), false),
      includeAll: v.optional(v.boolean(), false),
      refresh: v.optional(v.number()),
    })),
  }),
  uid: v.string(),
});

/** A panel as it is in the file; a row is one, too. */
export type PanelModel = v.InferOutput<typeof panel>;

/** A query and where it stands, such as `Wallets/A`. */
export interface NamedQuery {
  readonly name: string;
  readonly expr: string;
}

/** The text of the dashboard. */
export const TEXT: string = await Deno.readTextFile(new URL("../../deploy/grafana/dashboard.json", import.meta.url));

/** The dashboard. */
export const DASHBOARD: v.InferOutput<typeof shape> = v.parse(shape, JSON.parse(TEXT));

/** All panels and rows, those of closed rows as well. */
export const PANELS: readonly PanelModel[] = DASHBOARD.panels.flatMap((panel) => [panel, ...panel.panels]);

/** Every query of a panel, and of the marks in them. */
export const QUERIES: readonly NamedQuery[] = [
  ...PANELS.flatMap(({ title, targets }) => targets.map(({ refId, expr }) => ({ name: `${title}/${refId}`, expr }))),
  ...DASHBOARD.annotations.list.flatMap(({ name, expr }) => expr === undefined ? [] : [{ name, expr }]),
];

/** What the variables stand for in tests. A bar of a graph is an hour long. */
const SAMPLES: Readonly<Record<string, string>> = {
  job: ".+",
  cluster: ".*",
  namespace: ".*",
  release: ".*",
  network: ".*",
  label: ".*",
  window: "6h",
  scale: "0",
  __rate_interval: "15m",
  __interval: "1h",
  __interval_ms: "3600000",
  __range: "6h",
};

/**
 * Puts values in place of variables.
 *
 * @param values other than those that choose everything
 * @throws {RangeError} for a variable that is not known
 */
export function fill(expr: string, values: Readonly<Record<string, string>> = {}): string {
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name] ?? SAMPLES[name];
    if (value === undefined) throw new RangeError(`The variable "${name}" has no value`);
    return value;
  });
}

/**
 * Finds a query.
 *
 * @param name its panel and letter, such as `Wallets/A`, or the name of a mark
 */
export function queryOf(name: string): string {
  const [query] = QUERIES.filter((query) => query.name === name);
  if (query === undefined) throw new RangeError(`There is no query "${name}"`);
  return query.expr;
}
