import { parseArgs } from "node:util";
import { EXIT, ExitError } from "../errors.ts";
import { closest } from "../config/closest.ts";
import { type Command, COMMANDS, type Option, OPTIONS, type Settings } from "./options.ts";
import { ValueError } from "./option_values.ts";

/** What the command line asks for. */
export type Invocation =
  | { readonly command: "help" }
  | { readonly command: Command; readonly settings: Settings };

/** Reads an environment variable; `undefined` when it is not set. */
export type ReadEnv = (name: string) => string | undefined;

const HELP = "Run with --help to see all commands and flags";

/**
 * Reads the command line and the environment. A flag beats its variable.
 *
 * @param args the arguments after the program's name
 * @param env the environment
 * @throws {ExitError} code 2 for a bad command line, 1 for a bad variable
 */
export function parseSettings(args: readonly string[], env: ReadEnv): Invocation {
  const { values, positionals } = parseFlags(args);
  if (values.has("help")) return { command: "help" };
  if (values.has("version")) return { command: "version", settings: readSettings(new Map(), () => undefined) };
  const [name = "run", extra] = positionals;
  const command = COMMANDS.find((each) => each === name);
  if (command === undefined) throw usage(`Unknown command${quoted(name)}`, suggestion(name, COMMANDS));
  if (extra !== undefined) throw usage(`Unexpected argument${quoted(extra)} after the command ${command}`);
  return { command, settings: readSettings(values, command === "version" ? () => undefined : env) };
}

type FlagValues = ReadonlyMap<string, string | true>;

function parseFlags(args: readonly string[]): { readonly values: FlagValues; readonly positionals: readonly string[] } {
  const flags: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean" },
  };
  for (const { flag, value } of rows()) {
    if (flag !== undefined) flags[flag] = { type: value === undefined ? "boolean" : "string" };
  }
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const known = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (known === undefined) {
      throw usage(`Unknown flag${quoted(token.rawName)}`, suggestion(token.name, Object.keys(flags), "--"));
    }
    if (known.type === "string" && !hasValue(token)) throw usage(`The flag --${token.name} needs a value`);
    values.set(token.name, token.value ?? true);
  }
  return { values, positionals };
}

/** An empty text is no value; nor is the next flag, which `parseArgs` takes for one. */
function hasValue(token: { readonly value: string | undefined; readonly inlineValue: boolean | undefined }): boolean {
  const { value = "", inlineValue } = token;
  return value !== "" && (inlineValue === true || !/^-[^\d]/.test(value));
}

function readSettings(flags: FlagValues, env: ReadEnv): Settings {
  const entries = Object.entries(OPTIONS).map(([key, row]) => [key, readOption(row, flags, env)]);
  // Every row of the table is read by its own parser, so the whole has the table's type.
  return Object.fromEntries(entries) as Settings;
}

function readOption(row: Option<unknown>, flags: FlagValues, env: ReadEnv): unknown {
  const { flag, fallback, parse } = row;
  const given = flag === undefined ? undefined : flags.get(flag);
  if (given !== undefined) {
    const text = given === true ? "true" : given;
    return parseValue(row, text, row.secret ? `--${flag}` : `--${flag}=${text}`, EXIT.usage);
  }
  for (const name of row.env) {
    const text = env(name);
    if (text === undefined || row.emptyIsUnset && text.trim() === "") continue;
    const what = row.secret ? name : `${name}="${text}"`;
    return parseValue(row, text, `the variable ${what}`, EXIT.refused);
  }
  return fallback === undefined ? undefined : parse(fallback);
}

function parseValue(row: Option<unknown>, text: string, what: string, code: 1 | 2): unknown {
  try {
    return row.parse(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ExitError(code, `Cannot use ${what.slice(0, 200)}: ${error.message}`, code === EXIT.usage ? HELP : "");
  }
}

function rows(): readonly Option<unknown>[] {
  return Object.values(OPTIONS);
}

/** What was typed, unless it may be a configuration or a URL, which hold secrets. */
function quoted(typed: string): string {
  return /^[\w.-]{1,40}$/.test(typed) ? ` "${typed}"` : "";
}

function suggestion(typed: string, known: readonly string[], prefix = ""): string {
  const near = closest(typed, known);
  return near === undefined ? HELP : `Did you mean ${prefix}${near}? ${HELP}`;
}

function usage(message: string, advice = HELP): ExitError {
  return new ExitError(EXIT.usage, message, advice);
}
