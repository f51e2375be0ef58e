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

/** A panel or row in the JSON. */
export type PanelModel = v.InferOutput<typeof panel>;

/** A query with its name, such as `Wallets/A`. */
export interface NamedQuery {
  readonly name: string;
  readonly expr: string;
}

/** The JSON text. */
export const TEXT: string = await Deno.readTextFile(new URL("../../deploy/grafana/dashboard.json", import.meta.url));

/** The parsed dashboard. */
export const DASHBOARD: v.InferOutput<typeof shape> = v.parse(shape, JSON.parse(TEXT));

/** All panels and rows, including those of collapsed rows. */
export const PANELS: readonly PanelModel[] = DASHBOARD.panels.flatMap((panel) => [panel, ...panel.panels]);

/** All queries of panels and annotations. */
export const QUERIES: readonly NamedQuery[] = [
  ...PANELS.flatMap(({ title, targets }) => targets.map(({ refId, expr }) => ({ name: `${title}/${refId}`, expr }))),
  ...DASHBOARD.annotations.list.flatMap(({ name, expr }) => expr === undefined ? [] : [{ name, expr }]),
];

/** Values of variables in tests. */
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
 * Replaces variables by values; by default everything is selected.
 *
 * @throws {RangeError} for an unknown variable
 */
export function fill(expr: string, values: Readonly<Record<string, string>> = {}): string {
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name] ?? SAMPLES[name];
    if (value === undefined) throw new RangeError(`The variable "${name}" has no value`);
    return value;
  });
}

/** Finds a query by panel and letter, such as `Wallets/A`, or by the name of an annotation. */
export function queryOf(name: string): string {
  const [query] = QUERIES.filter((query) => query.name === name);
  if (query === undefined) throw new RangeError(`Unknown query "${name}"`);
  return query.expr;
}
