import type { Registry } from "prom-client";
import type { Family, MetricType, Sample } from "../model/family.ts";
import type { Label } from "../model/series.ts";

/**
 * Reads the counters and histograms of prom-client as families: as they are now, whatever snapshot is shown. Its own text
 * is not used: in OpenMetrics mode it renames counters for good, does not sort labels and writes the bounds of buckets
 * wrongly.
 */
export async function readRegistry(registry: Registry): Promise<readonly Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, values }): Family => {
    const samples = values.map((each): Sample => ({
      labels: Object.entries(each.labels).map(([label, value]): Label => [label, String(value)]),
      value: each.value,
      suffix: suffixOf(each, name),
    }));
    const labels = [...labelNamesOf(registry, name), ...typeOf(type) === "histogram" ? ["le"] : []];
    return { name, help, type: typeOf(type), labels, samples: () => samples };
  });
}

/** A histogram's samples have names of their own; prom-client's types do not say so. */
function suffixOf(sample: object, name: string): string {
  if (!("metricName" in sample) || typeof sample.metricName !== "string") return "";
  return sample.metricName.slice(name.length);
}

/** prom-client types this as an enum but returns the name. */
function typeOf(type: unknown): MetricType {
  return type === "counter" || type === "histogram" ? type : "gauge";
}

/** What a metric was registered with; prom-client's types do not have it. */
function labelNamesOf(registry: Registry, name: string): readonly string[] {
  const metric: object | undefined = registry.getSingleMetric(name);
  if (metric === undefined || !("labelNames" in metric) || !(metric.labelNames instanceof Array)) return [];
  return metric.labelNames.map(String);
}
