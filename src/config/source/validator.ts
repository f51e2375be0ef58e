import * as v from "valibot";
import { didYouMean } from "../../util/text.ts";
import { type Field, isPlainKey, typeName } from "./source_tree.ts";

/** An object that knows its keys. */
type Shape = v.StrictObjectSchema<v.ObjectEntries, undefined>;

export interface ParseOptions {
  /** How many problems are reported. @default {Infinity} */
  readonly max?: number | undefined;
  /** Where keys belong that the object does not have, as in "It is a key of a wallet". */
  readonly places?: ReadonlyMap<string, string>;
}

/**
 * Parses an object by its schema, and reports what is wrong with its keys and values.
 *
 * @returns `undefined` when anything is wrong
 */
export function parse<S extends Shape>(
  shape: S,
  field: Field,
  { max = Infinity, places = new Map() }: ParseOptions = {},
): v.InferOutput<S> | undefined {
  const { value } = field;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return field.error(`Must be an object, found ${typeName(value)}`, knownKeys(Object.keys(shape.entries)));
  }
  const { success, output, issues = [] } = v.safeParse(shape, value, { abortPipeEarly: true });
  if (success) return output;
  const unknown = unknownKeys(shape, field);
  // The library reports the first unknown key of an object alone.
  const others = issues.filter(({ type, expected }) => type !== "strict_object" || expected !== "never");
  for (const each of unknown.slice(0, max)) reportUnknown(each, places);
  for (const issue of others.slice(0, Math.max(0, max - unknown.length))) explain(shape, issue, field);
  return undefined;
}

function explain(shape: Shape, issue: v.BaseIssue<unknown>, field: Field): void {
  const steps = issue.path ?? [];
  const keys = steps.map(({ key }) => typeof key === "number" ? key : String(key));
  const last = steps.at(-1);
  if (issue.type === "strict_object" && issue.received === "undefined") {
    const message = `Missing required key "${keys.pop()}"${expectedText(shape, steps)}`;
    return within(field, keys).error(message, "");
  }
  const isOfKey = last !== undefined && "origin" in last && last.origin === "key";
  const isShown = issue.kind === "schema" && issue.type !== "picklist" && issue.type !== "literal";
  const isTypeWrong = isShown && !(issue.type === "union" && /string|number/.test(typeof issue.input));
  const found = isTypeWrong ? `, found ${typeName(issue.input)}` : "";
  const isObject = issue.type === "strict_object" || issue.type === "record";
  const message = isObject ? "an object" : issue.message;
  const advice = isObject ? knownKeys(Object.keys(entriesOf(unwrapped(schemaAt(shape, steps))) ?? {})) : "";
  within(field, keys).error(`Must be ${message}${found}`, advice, isOfKey ? "key" : "value");
}

function within(field: Field, keys: Field["path"]): Field {
  return keys.reduce((inner: Field, key) => inner.at(key), field);
}

/** A key that an object has and its shape does not. */
interface UnknownKey {
  readonly field: Field;
  readonly key: string;
  /** Those that the shape has. */
  readonly known: readonly string[];
}

function unknownKeys(schema: unknown, field: Field): readonly UnknownKey[] {
  const { value: object } = field;
  if (typeof object !== "object" || object === null || Array.isArray(object)) return [];
  const { type, value: each } = unwrapped(schema) as { readonly type?: unknown; readonly value?: unknown };
  const entries = entriesOf(unwrapped(schema));
  return Object.keys(object).flatMap((key) => {
    const inner = field.at(key);
    if (type === "record") return unknownKeys(each, inner);
    if (entries === undefined) return [];
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return known === undefined ? [{ field: inner, key, known: Object.keys(entries) }] : unknownKeys(known, inner);
  });
}

function reportUnknown({ field, key, known }: UnknownKey, places: ReadonlyMap<string, string>): void {
  const place = places.get(key);
  const advice = place === undefined ? didYouMean(key, known, knownKeys(known)) : `It is a key ${place}`;
  field.error(isPlainKey(key) ? `Unknown key "${key}"` : "Unknown key", advice, "key");
}

function expectedText(shape: Shape, steps: readonly { readonly key?: unknown }[]): string {
  const { message } = schemaAt(shape, steps) as { readonly message?: unknown };
  return typeof message === "string" ? ` (${message})` : "";
}

function schemaAt(shape: Shape, steps: readonly { readonly key?: unknown }[]): unknown {
  return steps.reduce((schema: unknown, { key }) => {
    const inner = unwrapped(schema);
    return entriesOf(inner)?.[String(key)] ?? (inner as { readonly value?: unknown } | undefined)?.value;
  }, shape);
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  return (schema as { readonly entries?: Readonly<Record<string, unknown>> } | undefined)?.entries;
}

function unwrapped(schema: unknown): unknown {
  const { wrapped } = (schema ?? {}) as { readonly wrapped?: unknown };
  return wrapped === undefined ? schema : unwrapped(wrapped);
}

function knownKeys(keys: readonly string[]): string {
  return keys.length === 0 ? "" : `Known keys are ${keys.join(", ")}`;
}
