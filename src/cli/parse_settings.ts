import { parseArgs } from "node:util";
import type { Env } from "../util/process.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { closest } from "../util/text.ts";
import { type Command, COMMAND_NAMES, findCommand, type Option, takesFile } from "./command_line.ts";
import { OPTION_LIST, OPTIONS, type Settings } from "./options.ts";
import { ValueError } from "./option_values.ts";

/** A parsed command line. */
export type Invocation =
  /** The help text of one command, or of all. */
  | { readonly command: "help"; readonly topic: Command | undefined }
  | { readonly command: Command; readonly settings: Settings };

const HELP = "Run with --help to see all commands and flags";

/**
 * Parses the command line and the environment. A flag takes precedence over its variable.
 *
 * @throws {ExitError} code 2 for an invalid command line, 1 for an invalid variable
 */
export function parseSettings(args: readonly string[], env: Env): Invocation {
  const { values, positionals } = parseFlags(args);
  const [name = "run", ...rest] = positionals;
  if (name === "help") return { command: "help", topic: topicOf(rest) };
  const command = commandOf(name);
  if (values.has("help")) return { command: "help", topic: positionals.length === 0 ? undefined : command };
  if (values.has("version")) return { command: "version", settings: readSettings(new Map(), () => undefined) };
  const flags = withFile(values, command, rest);
  refuseFlagsOfOthers(flags, command);
  return { command, settings: readSettings(flags, command === "version" ? () => undefined : env) };
}

function topicOf([name, extra]: readonly string[]): Command | undefined {
  if (extra !== undefined) throw usage(`Unexpected argument${quoted(extra)} after the command help`);
  return name === undefined || name === "help" ? undefined : commandOf(name);
}

function commandOf(name: string): Command {
  const command = findCommand(name);
  if (command !== undefined) return command;
  const isFile = /\.(json|ya?ml)$/i.test(name);
  const advice = isFile ? `Pass the file with --config.file. ${HELP}` : suggestion(name, [...COMMAND_NAMES, "help"]);
  throw usage(`Unknown command${quoted(name)}`, advice);
}

/** The configuration file may be an argument. Text with a brace or a URL is not a file name and may contain secrets. */
function withFile(values: FlagValues, command: Command, [file, extra]: readonly string[]): FlagValues {
  if (file === undefined) return values;
  const isFile = extra === undefined && findCommand(file) === undefined && takesFile(command) &&
    !/[\n{]|:\/\//.test(file);
  if (!isFile) {
    const unexpected = extra ?? file;
    const advice = command === "run" ? `Pass the file with --config.file. ${HELP}` : HELP;
    throw usage(`Unexpected argument${quoted(unexpected)} after the command ${command}`, advice);
  }
  if (values.has("config.file")) {
    throw usage("The configuration file is given twice", "Remove --config.file or the argument");
  }
  return new Map([...values, ["config.file", file]]);
}

/** A flag without effect is a mistake; a variable may be set for another command. */
function refuseFlagsOfOthers(values: FlagValues, command: Command): void {
  for (const { flag, commands } of OPTION_LIST) {
    if (flag === undefined || !values.has(flag) || commands.includes(command)) continue;
    const message = `The flag --${flag} has no effect with the command ${command}; it is for ${commands.join(", ")}`;
    throw usage(message, `Run help ${command} to see its flags`);
  }
}

type FlagValues = ReadonlyMap<string, string | true>;

function parseFlags(args: readonly string[]): { readonly values: FlagValues; readonly positionals: readonly string[] } {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean" },
  };
  for (const { flag, value } of OPTION_LIST) {
    if (flag !== undefined) options[flag] = { type: value === undefined ? "boolean" : "string" };
  }
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const known = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (known === undefined) throw unknownFlag(args[token.index] ?? "", token.rawName, Object.keys(options));
    if (known.type === "string" && !hasValue(token)) throw usage(`The flag --${token.name} needs a value`);
    const before = values.get(token.name);
    const isAnother = before !== undefined &&
      OPTION_LIST.some(({ flag, isRepeatable }) => isRepeatable && flag === token.name);
    values.set(token.name, isAnother ? `${before},${token.value}` : token.value ?? true);
  }
  return { values, positionals };
}

/** `parseArgs` splits a long flag with one dash, as Go's flag package accepts it, into single letters. */
function unknownFlag(argument: string, name: string, known: readonly string[]): ExitError {
  const whole = /^--?([^=]+)/.exec(argument)?.[1] ?? "";
  const isLong = whole.length > 1;
  const shown = isLong ? argument.replace(/=.*$/s, "") : name;
  return usage(`Unknown flag${quoted(shown)}`, suggestion(whole, known, "--"));
}

/** Neither an empty string nor the next flag is a value; `parseArgs` accepts both. */
function hasValue(token: { readonly value: string | undefined; readonly inlineValue: boolean | undefined }): boolean {
  const { value = "", inlineValue } = token;
  return value !== "" && (inlineValue === true || !/^-[^\d]/.test(value));
}

function readSettings(flags: FlagValues, env: Env): Settings {
  const entries = Object.entries(OPTIONS).map(([key, row]) => [key, readOption(row, flags, env)]);
  // Each value comes from the parser of its option, which is what the type says.
  return Object.fromEntries(entries) as Settings;
}

function readOption(row: Option<unknown>, flags: FlagValues, env: Env): unknown {
  const { flag, fallback, parse } = row;
  const given = flag === undefined ? undefined : flags.get(flag);
  if (given !== undefined) {
    const text = given === true ? "true" : given;
    return parseValue(row, text, row.secret ? `--${flag}` : `--${flag}=${text}`, EXIT.usage);
  }
  for (const name of row.env) {
    const text = env(name);
    if (text === undefined || !row.refusesEmpty && text.trim() === "") continue;
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
    const message = `Invalid value for ${what.slice(0, 200)}: ${error.message}`;
    throw new ExitError(code, message, code === EXIT.usage ? HELP : "");
  }
}

/** Empty for anything that may be a configuration or a URL, which contain secrets. */
function quoted(typed: string): string {
  return /^[\w.-]{1,40}$/.test(typed) ? ` "${typed}"` : "";
}

function suggestion(typed: string, known: readonly string[], prefix = ""): string {
  // One part of a name, such as "config" of config.file or "level" of log.level.
  const part = typed === ""
    ? undefined
    : known.find((each) => each.startsWith(`${typed}.`) || each.endsWith(`.${typed}`));
  const near = closest(typed, known) ?? part;
  return near === undefined ? HELP : `Did you mean ${prefix}${near}? ${HELP}`;
}

function usage(message: string, advice = HELP): ExitError {
  return new ExitError(EXIT.usage, message, advice);
}
