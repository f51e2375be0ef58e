/** The formats of a page: Prometheus text 0.0.4, and OpenMetrics 1.0. */
export type Format = "text" | "openmetrics";

/** The types of a family; `info` is a gauge of 1 where the format has no such type. */
export type MetricType = "gauge" | "counter" | "histogram" | "info";

/** What stands above a family's samples. */
export interface FamilyHead {
  /** The name in the text format: a counter's with `_total`, an info's with `_info`. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
}

/** A label and its value, unescaped. */
export type Label = readonly [name: string, value: string];

/**
 * Writes the HELP and TYPE lines of a family.
 *
 * @param head the family
 * @param format that of the page
 */
export function writeHead(head: FamilyHead, format: Format): string {
  const { type, help } = head;
  const shown = shownName(head, format);
  const shownType = type === "info" && format === "text" ? "gauge" : type;
  return `# HELP ${shown} ${escapeHelp(help, format)}\n# TYPE ${shown} ${shownType}\n`;
}

/**
 * Tells what a family is called in a format: OpenMetrics names a counter without
 * `_total` and an info without `_info`.
 */
export function shownName({ name, type }: FamilyHead, format: Format): string {
  if (format === "text") return name;
  if (type === "counter") return name.replace(/_total$/, "");
  return type === "info" ? name.replace(/_info$/, "") : name;
}

/**
 * Writes labels without their braces, such as `address="0x…",label="w"`.
 *
 * @param labels in the order they are to be printed
 * @returns the text, escaped; lone surrogates become U+FFFD
 */
export function writeLabels(labels: readonly Label[]): string {
  return labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join();
}

/**
 * Writes a sample's value: a finite double as the shortest text that reads back
 * the same, and the three others as Prometheus spells them.
 */
export function writeValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/** Sorts labels by name, the order they are printed in. */
export function sortLabels(labels: readonly Label[]): readonly Label[] {
  return labels.toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

function escapeHelp(text: string, format: Format): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return format === "openmetrics" ? escaped.replaceAll('"', '\\"') : escaped;
}

function escapeLabel(text: string): string {
  const whole = text.toWellFormed();
  if (!/["\\\n]/.test(whole)) return whole;
  return whole.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
