import type { Family } from "../model/family.ts";
import type { Label } from "../model/series.ts";
import type { Encoder } from "./encoder.ts";
import { sortLabels, writeLabels, writeValue } from "./labels.ts";
import { writeSeries } from "./write_series.ts";

/** Prometheus text 0.0.4. */
export const TEXT: Encoder = {
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  accepts: (mediaType) => mediaType === "text/plain",
  begin: "",
  end: "",
  nameOf: ({ name }) => name,
  head: (family) => headOf(family.name, family.type === "info" ? "gauge" : family.type, escapeHelp(family.help)),
  sample: ({ name }, { labels, value, suffix = "" }, common) =>
    `${name}${suffix}{${writeLabels(sortLabels([...labels, ...common]))}} ${writeValue(value)}\n`,
  foot: () => "",
  series: writeSeries,
};

/** OpenMetrics 1.0. */
export const OPENMETRICS: Encoder = {
  ...TEXT,
  contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  accepts: (mediaType, version = "1.0.0") =>
    mediaType === "application/openmetrics-text" && ["1.0.0", "0.0.1"].includes(version),
  end: "# EOF\n",
  nameOf: nameWithoutSuffix,
  head: (family) => headOf(nameWithoutSuffix(family), family.type, escapeHelp(family.help).replaceAll('"', '\\"')),
  sample: (family, sample, common) =>
    TEXT.sample(
      family,
      sample.suffix === "_bucket" ? { ...sample, labels: sample.labels.map(asFloat) } : sample,
      common,
    ),
};

/** OpenMetrics names a counter without `_total` and an info without `_info`. */
function nameWithoutSuffix({ name, type }: Family): string {
  return type === "counter" ? name.replace(/_total$/, "") : type === "info" ? name.replace(/_info$/, "") : name;
}

function headOf(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** OpenMetrics wants a bucket's bound to look like a float: `1.0`, not `1`. */
function asFloat([name, text]: Label): Label {
  return [name, name === "le" && /^\d+$/.test(text) ? `${text}.0` : text];
}
