import texts from "./alert_texts.json" with { type: "json" };
import { HEARTBEAT, type PostedAlert, TEXT_PLACEHOLDERS } from "./posted_alerts.ts";
import { parseTemplate, type Template, type TemplateValues } from "./template.ts";

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

/** Renders the annotations of an alert. */
export function renderAnnotations(alert: PostedAlert | typeof HEARTBEAT, values: TemplateValues): Annotations {
  const known = parsed.get(alert);
  const { summary, description } = known ?? parseTexts(alert === HEARTBEAT ? HEARTBEAT_TEXTS : ALERT_TEXTS[alert]);
  if (known === undefined) parsed.set(alert, { summary, description });
  return { summary: summary(values), description: description(values) };
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
