import * as v from "valibot";
import { closest } from "../../util/text.ts";
import { createReporter, isPlainKey, type Path, type Reporter, type SourceTree, typeName } from "./source_tree.ts";

/** Parses objects by their schema, and reports what is wrong with them. */
export interface Validator extends Reporter {
  /**
   * Parses an object, and reports everything that is wrong with its keys and values.
   *
   * @returns `undefined` when anything is wrong
   */
  parse<S extends Shape>(shape: S, value: unknown, path: Path): v.InferOutput<S> | undefined;
}

/** An object that knows its keys. */
type Shape = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** Makes a validator, which reports the warnings of the text first. */
export function createValidator(tree: Omit<SourceTree, "value">, max = Infinity): Validator {
  const reporter = createReporter(tree);
  for (const { path, part, message, advice } of tree.warnings) reporter.report("error", path, message, advice, part);
  return {
    get problems() {
      return reporter.problems;
    },
    report: reporter.report,
    parse(shape, value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        reporter.report("error", path, `Must be an object, found ${typeName(value)}`, knownKeys(shape));
        return undefined;
      }
      const { success, output, issues = [] } = v.safeParse(shape, value);
      if (success) return output;
      const unknown = unknownKeys(shape, value, path);
      // The library reports the first unknown key of an object alone.
      const others = issues.filter(({ type, expected }) => type !== "strict_object" || expected !== "never");
      for (const { keys, known } of unknown.slice(0, max)) reportUnknown(reporter, keys, known);
      for (const issue of others.slice(0, Math.max(0, max - unknown.length))) explain(reporter, shape, issue, path);
      return undefined;
    },
  };
}

function explain({ report }: Reporter, shape: Shape, issue: v.BaseIssue<unknown>, path: Path): void {
  const steps = issue.path ?? [];
  const own = [...path, ...steps.map(({ key }) => typeof key === "number" ? key : String(key))];
  const last = steps.at(-1);
  const key = String(last?.key);
  if (issue.type === "strict_object" && issue.received === "undefined") {
    const message = `Missing required key "${key}"${expectedText(shape, steps)}`;
    return report("error", own.slice(0, -1), message, "");
  }
  const isOfKey = last !== undefined && "origin" in last && last.origin === "key";
  const isShown = issue.kind === "schema" && issue.type !== "picklist" && issue.type !== "literal";
  const isTypeWrong = isShown && !(issue.type === "union" && /string|number/.test(typeof issue.input));
  const found = isTypeWrong ? `, found ${typeName(issue.input)}` : "";
  const message = issue.type === "strict_object" || issue.type === "record" ? "an object" : issue.message;
  report("error", own, `Must be ${message}${found}`, "", isOfKey ? "key" : "value");
}

/** A key that an object has and its shape does not. */
interface UnknownKey {
  readonly keys: Path;
  /** Those that the shape has. */
  readonly known: readonly string[];
}

function unknownKeys(schema: unknown, value: unknown, path: Path): readonly UnknownKey[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const { type, value: each } = unwrapped(schema) as { readonly type?: unknown; readonly value?: unknown };
  const entries = entriesOf(unwrapped(schema));
  return Object.entries(value).flatMap(([key, inner]) => {
    const keys = [...path, key];
    if (type === "record") return unknownKeys(each, inner, keys);
    if (entries === undefined) return [];
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return known === undefined ? [{ keys, known: Object.keys(entries) }] : unknownKeys(known, inner, keys);
  });
}

function reportUnknown({ report }: Reporter, path: Path, known: readonly string[]): void {
  const key = String(path.at(-1));
  const near = closest(key, known);
  const all = `Known keys are ${known.join(", ")}`;
  const advice = near === undefined ? all : `Did you mean ${near}? ${all}`;
  report("error", path, isPlainKey(key) ? `Unknown key "${key}"` : "Unknown key", advice, "key");
}

function expectedText(shape: Shape, steps: readonly { readonly key?: unknown }[]): string {
  let schema: unknown = shape;
  for (const { key } of steps) schema = entriesOf(unwrapped(schema))?.[String(key)];
  const { message } = schema as { readonly message?: unknown };
  return typeof message === "string" ? ` (${message})` : "";
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  return (schema as { readonly entries?: Readonly<Record<string, unknown>> } | undefined)?.entries;
}

function unwrapped(schema: unknown): unknown {
  const { wrapped } = (schema ?? {}) as { readonly wrapped?: unknown };
  return wrapped === undefined ? schema : unwrapped(wrapped);
}

function knownKeys(shape: Shape): string {
  return `Known keys are ${Object.keys(shape.entries).join(", ")}`;
}
