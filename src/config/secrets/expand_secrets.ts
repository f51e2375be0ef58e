import { protect } from "../../util/redact.ts";
import { readText, resolveRelative } from "../files/read_text.ts";

/** Where the secrets of a configuration come from. */
export interface SecretSource {
  /** Reads an environment variable; `undefined` when it is not set. */
  readonly env: (name: string) => string | undefined;
  /** The configuration's own file, for paths relative to it; none when it came from a variable. */
  readonly file: string | undefined;
  /** Values that are no secrets, by their names; they come before variables of the environment. */
  readonly plain?: ((name: string) => string | undefined) | undefined;
  /** Told of every file before it is read. */
  readonly onFile?: (path: string) => Promise<void>;
}

/** Why a secret cannot be had. */
export interface SecretProblem {
  readonly message: string;
  readonly advice: string;
}

/** Larger files are no secrets. */
const MAX_SECRET_BYTES = 64 * 1024;

/** A text with values put in. */
export interface Expansion {
  readonly text: string;
  /** Where each value is in it. */
  readonly values: readonly InsertedValue[];
}

/** A value that was put into a text. */
export interface InsertedValue {
  readonly start: number;
  readonly end: number;
  /** Whether it came from a file; else from a variable. */
  readonly isOfFile: boolean;
}

/**
 * Puts secrets into a text: `${NAME}` stands for an environment variable,
 * `${file:/path}` for the text of a file, both without line ends after them, and
 * `$${` for `${` itself.
 *
 * @param text as written
 * @param source where secrets come from
 * @returns the whole text, or why it cannot be had; what was put in is never quoted
 */
export async function expandSecrets(text: string, source: SecretSource): Promise<string | SecretProblem> {
  const expansion = await expand(text, source);
  if ("message" in expansion) return expansion;
  for (const { start, end } of expansion.values) protect(expansion.text.slice(start, end));
  return expansion.text;
}

/**
 * Puts values into a text as {@linkcode expandSecrets} does, and protects those
 * of files: whether one of a variable is a secret depends on its place.
 *
 * @param text as written
 * @param source where values come from
 */
export async function expand(text: string, source: SecretSource): Promise<Expansion | SecretProblem> {
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
      return { message: "Invalid reference: ${ is not closed", advice: "Use ${NAME}, or $${ for a literal ${" };
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

function readVariable(name: string, { env }: SecretSource): string | SecretProblem {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
    return { message: "Invalid reference: use ${NAME} or ${file:/path}", advice: "Write $${ for a literal ${" };
  }
  // A Secret that was made with echo ends with a line end.
  const value = env(name)?.replace(/[\r\n]+$/, "");
  if (value === undefined || value === "") {
    return {
      message: `Environment variable ${name} is ${value === undefined ? "not set" : "empty"}`,
      advice: "Set it, or use ${file:/path}",
    };
  }
  return value;
}

async function readSecret(path: string, { file, onFile }: SecretSource): Promise<string | SecretProblem> {
  const whole = resolveRelative(path, file);
  await onFile?.(whole);
  const text = await readText(whole, MAX_SECRET_BYTES);
  const bare = typeof text === "string" ? text.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "") : text;
  if (typeof bare === "string" && bare !== "") return bare;
  return {
    message: `Cannot read the file ${whole}: ${typeof bare === "string" ? "it is empty" : bare.why}`,
    advice: "Check the path, and that the file is mounted and readable for this user",
  };
}
