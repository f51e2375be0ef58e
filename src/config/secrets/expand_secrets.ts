import type { Env } from "../../util/process.ts";
import { protect } from "../../util/redact.ts";
import { readText, resolveRelative } from "../files/read_text.ts";

/** Where the secrets of a configuration come from. */
export interface SecretSource {
  /** Reads an environment variable; `undefined` when it is not set. */
  readonly env: Env;
  /** The configuration's own file, for paths relative to it; none when it came from a variable. */
  readonly file: string | undefined;
  /** Values that are not secret, by name; they take precedence over environment variables. */
  readonly plain?: Env | undefined;
  /** Called for every file before it is read. */
  readonly onFile?: (path: string) => Promise<void>;
}

/** Why a secret or URL cannot be used, without quoting it, and what to do about it. */
export interface Explanation {
  readonly message: string;
  readonly advice: string;
}

/** Makes an explanation. */
export function explain(message: string, advice: string): Explanation {
  return { message, advice };
}

/** A larger file is not a secret. */
const MAX_SECRET_BYTES = 64 * 1024;

/** A text with references replaced. */
export interface Expansion {
  readonly text: string;
  /** Where each value is in it. */
  readonly values: readonly InsertedValue[];
}

/** A value in place of a reference. */
export interface InsertedValue {
  readonly start: number;
  readonly end: number;
  /** From a file, not a variable. */
  readonly isOfFile: boolean;
}

/**
 * Replaces references in a text: `${NAME}` by an environment variable,
 * `${file:/path}` by the content of a file, both without trailing line ends, and
 * `$${` by a literal `${`.
 *
 * @returns the text, or why a secret is not available, without quoting any
 */
export async function expandSecrets(text: string, source: SecretSource): Promise<string | Explanation> {
  const expansion = await expand(text, source);
  if ("message" in expansion) return expansion;
  for (const { start, end } of expansion.values) protect(expansion.text.slice(start, end));
  return expansion.text;
}

/**
 * Replaces references as {@linkcode expandSecrets} does, and redacts those to
 * files: whether a variable is secret depends on its place.
 */
export async function expand(text: string, source: SecretSource): Promise<Expansion | Explanation> {
  let whole = "";
  const values: InsertedValue[] = [];
  let done = 0;
  for (const { index, 0: found, 1: name } of text.matchAll(/\$\$\{|\$\{([^}]*)\}|\$\{/g)) {
    whole += text.slice(done, index);
    done = index + found.length;
    if (found === "$${") {
      whole += "${";
      continue;
    }
    if (name === undefined) {
      return explain("Invalid reference: ${ is not closed", "Use ${NAME}, or $${ for a literal ${");
    }
    const plain = source.plain?.(name);
    if (plain !== undefined) {
      whole += plain;
      continue;
    }
    const isOfFile = name.startsWith("file:");
    const value = isOfFile ? await readSecret(name.slice(5), source) : readVariable(name, source);
    if (typeof value !== "string") return value;
    if (isOfFile) protect(value);
    values.push({ start: whole.length, end: whole.length + value.length, isOfFile });
    whole += value;
  }
  return { text: whole + text.slice(done), values };
}

function readVariable(name: string, { env }: SecretSource): string | Explanation {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
    return explain("Invalid reference: use ${NAME} or ${file:/path}", "Write $${ for a literal ${");
  }
  // A Secret that was made with echo has a trailing line end.
  const value = env(name)?.replace(/[\r\n]+$/, "");
  if (value !== undefined && value !== "") return value;
  const state = value === undefined ? "not set" : "empty";
  return explain(`Environment variable ${name} is ${state}`, "Set it, or use ${file:/path}");
}

async function readSecret(path: string, { file, onFile }: SecretSource): Promise<string | Explanation> {
  const whole = resolveRelative(path, file);
  await onFile?.(whole);
  const text = await readText(whole, MAX_SECRET_BYTES);
  const bare = typeof text === "string" ? text.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "") : "";
  if (bare !== "") return bare;
  const why = typeof text === "string" ? "it is empty" : text.why;
  const advice = "Check the path, and that the file is mounted and readable for this user";
  return explain(`Cannot read the file ${whole}: ${why}`, advice);
}
