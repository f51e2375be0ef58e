import type { Label } from "../model/series.ts";

/**
 * Writes labels without their braces, such as `address="0x…",label="w"`.
 *
 * @returns the text, escaped; lone surrogates become U+FFFD
 */
export function writeLabels(labels: readonly Label[]): string {
  return labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join();
}

/** Sorts labels by name, the order they are printed in. */
export function sortLabels(labels: readonly Label[]): readonly Label[] {
  return labels.toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Writes a sample's value: a finite double as the shortest text that reads back the same, the others as Prometheus spells
 * them.
 */
export function writeValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function escapeLabel(text: string): string {
  const whole = text.toWellFormed();
  if (!/["\\\n]/.test(whole)) return whole;
  return whole.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
