import type { Registry } from "prom-client";
import {
  type FamilyHead,
  type Format,
  type Label,
  type MetricType,
  sortLabels,
  writeLabels,
  writeValue,
} from "./exposition.ts";
import type { Identity } from "./identity.ts";

/** A family read from a registry, ready to be written in either format. */
export interface RegistryFamily extends FamilyHead {
  /** Every name its samples have: a histogram's have three. */
  readonly sampleNames: readonly string[];
  /** The samples, a line each, with their names. */
  samples(format: Format): Iterable<string>;
}

interface Sample {
  readonly name: string;
  readonly labels: readonly Label[];
  readonly value: number;
}

/**
 * Reads the families of a prom-client registry. Its own text is not used: in
 * OpenMetrics mode it renames counters for good, and it neither sorts labels nor
 * writes the bounds of buckets as that format wants them.
 *
 * @param registry whose metrics
 * @param identity added to every sample
 */
export async function registryFamilies(registry: Registry, identity: Identity): Promise<readonly RegistryFamily[]> {
  const own: readonly Label[] = [["namespace", identity.namespace], ["release", identity.release]];
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, values }): RegistryFamily => {
    const samples = values.map((each): Sample => {
      const labels = Object.entries(each.labels).map(([label, value]): Label => [label, String(value)]);
      return { name: sampleName(each) ?? name, labels: sortLabels([...labels, ...own]), value: each.value };
    });
    return {
      name,
      help,
      type: typeOf(type),
      sampleNames: [...new Set([name, ...samples.map((sample) => sample.name)])],
      samples: (format) => samples.map((sample) => line(sample, format)),
    };
  });
}

function line({ name, labels, value }: Sample, format: Format): string {
  const shown = format === "text"
    ? labels
    : labels.map(([label, text]): Label => [label, label === "le" ? bound(text) : text]);
  return `${name}{${writeLabels(shown)}} ${writeValue(value)}\n`;
}

/** OpenMetrics wants a bucket's bound to look like a float: `1.0`, not `1`. */
function bound(text: string): string {
  return /^\d+$/.test(text) ? `${text}.0` : text;
}

function sampleName(sample: object): string | undefined {
  return "metricName" in sample && typeof sample.metricName === "string" ? sample.metricName : undefined;
}

/** prom-client types this as an enum but gives the name. */
function typeOf(type: unknown): MetricType {
  return type === "counter" || type === "histogram" ? type : "gauge";
}
