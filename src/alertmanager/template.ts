import { formatGeneral, formatShortest, formatWhole, humanizeDuration, humanizePercentage } from "./go_format.ts";

/** What a text is rendered with. */
export interface TemplateValues {
  readonly labels: ReadonlyMap<string, string>;
  /** The value of the alert's expression. */
  readonly value: number;
  /** Values of the placeholders `@name@`. */
  readonly placeholders: ReadonlyMap<string, string>;
}

/** A template that was parsed. */
export type Template = (values: TemplateValues) => string;

/** The functions that the value is piped to. */
const FUNCTIONS: Readonly<Record<string, (value: number) => string>> = {
  humanizeDuration,
  humanizePercentage,
  'printf "%.4g"': (value) => formatGeneral(value, 4),
  'printf "%.6g"': (value) => formatGeneral(value, 6),
  'printf "%.0f"': formatWhole,
};

/** Placeholders that depend on the alert. */
const OWN: Readonly<Record<string, Template>> = { amount: ({ value }) => formatAmount(value) };

/** Formats an amount of coins or tokens with six digits, and without an exponent from a million on. */
export function formatAmount(value: number): string {
  return value < 999_999.5 ? formatGeneral(value, 6) : formatWhole(value);
}

const ACTION = /{{(.*?)}}|@([a-z_]+)@/g;

/** Until where a part of a template was parsed. */
interface Parsed {
  readonly parts: readonly Template[];
  /** The action that ended it; undefined at the end of the text. */
  readonly end: string | undefined;
}

/**
 * Parses a text of `chart/files/rules.yaml`: the part of Prometheus' templates that the alerts use which the exporter
 * posts by itself.
 *
 * @param placeholders names that {@linkcode TemplateValues} will have values of
 * @throws {SyntaxError} for anything else
 */
export function parseTemplate(text: string, placeholders: ReadonlySet<string>): Template {
  const actions = text.matchAll(ACTION);
  let at = 0;

  function parse(): Parsed {
    const parts: Template[] = [];
    for (;;) {
      const { done, value: match } = actions.next();
      const literal = text.slice(at, done ? undefined : match.index);
      if (/{{|}}/.test(literal)) throw new SyntaxError(`Unbalanced braces in "${text}"`);
      if (literal !== "") parts.push(() => literal);
      if (done) return { parts, end: undefined };
      const [whole, action, placeholder] = match;
      at = match.index + whole.length;
      if (placeholder !== undefined) parts.push(placeholderOf(placeholder));
      else {
        const trimmed = (action ?? "").trim();
        if (trimmed === "else" || trimmed === "end") return { parts, end: trimmed };
        parts.push(trimmed === "if $value" ? condition() : actionOf(trimmed));
      }
    }
  }

  function condition(): Template {
    const { parts: then, end } = parse();
    const other = end === "else" ? parse() : { parts: [], end };
    if (other.end !== "end") throw new SyntaxError(`A condition is not closed in "${text}"`);
    return (values) => join(values.value === 0 ? other.parts : then, values);
  }

  function placeholderOf(name: string): Template {
    const own = OWN[name];
    if (own !== undefined) return own;
    if (!placeholders.has(name)) throw new SyntaxError(`The placeholder "@${name}@" has no value in "${text}"`);
    return (values) => values.placeholders.get(name) ?? "";
  }

  function actionOf(action: string): Template {
    const [, label] = /^\$labels\.(\w+)$/.exec(action) ?? [];
    if (label !== undefined) return ({ labels }) => labels.get(label) ?? "";
    if (action === "$value") return ({ value }) => formatShortest(value);
    const [, name = ""] = /^\$value \| (.+)$/.exec(action) ?? [];
    const format = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (format === undefined) throw new SyntaxError(`Unsupported template "{{ ${action} }}" in "${text}"`);
    return ({ value }) => format(value);
  }

  const { parts, end } = parse();
  if (end !== undefined) throw new SyntaxError(`"{{ ${end} }}" without a condition in "${text}"`);
  return (values) => join(parts, values);
}

function join(parts: readonly Template[], values: TemplateValues): string {
  return parts.map((part) => part(values)).join("");
}
