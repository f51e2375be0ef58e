import texts from "./alert_texts.json" with { type: "json" };
import type { Finding } from "./finding.ts";
import { HEARTBEAT, LEVEL_PLACEHOLDERS, type PostedAlert, TEXT_PLACEHOLDERS } from "./posted_alerts.ts";
import { formatAmount, parseTemplate, type Template } from "./template.ts";

/** An alert of `chart/files/rules.yaml`, as `alert_texts.json` has it. */
export interface AlertText {
  readonly severity: string;
  /** A duration, or the placeholder of one; undefined if it fires at once. */
  readonly for?: string;
  readonly threshold?: number;
  readonly summary: string;
  readonly description: string;
}

/** See {@linkcode AlertText}. */
export const ALERT_TEXTS: Readonly<Record<PostedAlert, AlertText>> = texts;

/** What its texts are made of, besides labels. */
export type AlertValues = Pick<Finding, "alert" | "value" | "symbol" | "level" | "balance">;

/** What people read of an alert. */
export interface Annotations {
  readonly summary: string;
  readonly description: string;
}

const HEARTBEAT_TEXTS: Pick<AlertText, keyof Annotations> = {
  summary: "Exporter {{ $labels.namespace }}/{{ $labels.release }} runs.",
  description:
    "This alert always fires while the exporter runs and reaches this Alertmanager. Route it to a receiver " +
    "outside that notices when it is missing.",
};

const parsed = new Map<string, Readonly<Record<keyof Annotations, Template>>>();

/**
 * Renders the annotations of an alert.
 *
 * @param labels all of them
 */
export function renderAnnotations(
  { alert, value, ...known }: AlertValues,
  labels: ReadonlyMap<string, string>,
): Annotations {
  const texts = parsed.get(alert) ?? parseTexts(alert === HEARTBEAT ? HEARTBEAT_TEXTS : ALERT_TEXTS[alert]);
  parsed.set(alert, texts);
  const { summary, description } = texts;
  const values = { labels, value, placeholders: placeholdersOf(known, labels.get("symbol") ?? "") };
  return { summary: summary(values), description: description(values) };
}

/** What the rules query for their texts. A number that is unknown or 0 is left out. */
function placeholdersOf(
  { symbol, level, balance }: Omit<AlertValues, "alert" | "value">,
  token: string,
): ReadonlyMap<string, string> {
  const coin = symbol === undefined ? "" : ` ${symbol}`;
  const holds = (unit: string): string => balance ? ` holds ${formatAmount(balance)}${unit} and` : "";
  const of = level ? ` of ${formatAmount(level)}` : "";
  return new Map([
    ["coin", coin],
    ["holds", holds(coin)],
    ["holds_token", holds(` ${token}`)],
    ...LEVEL_PLACEHOLDERS.map((name) => [name, of] as const),
  ]);
}

/**
 * Parses the texts of an alert.
 *
 * @throws {SyntaxError} if the exporter cannot render them
 */
export function parseTexts({ summary, description }: Annotations): Readonly<Record<keyof Annotations, Template>> {
  return {
    summary: parseTemplate(summary, TEXT_PLACEHOLDERS),
    description: parseTemplate(description, TEXT_PLACEHOLDERS),
  };
}
