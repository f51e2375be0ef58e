/** The commands with their help texts. */
export const COMMANDS = {
  run: "Poll the wallets and serve their balances; the default.",
  check: "Print every problem of the configuration with its place; exit 1 for errors and warnings.",
  plan: "Estimate the daily request cost; contacts no node.",
  rules: "Print the recording rules and alerts of this configuration, for Prometheus and vmalert.",
  convert: "Convert a configuration of version 1 to version 2, with variables in place of URLs.",
  once:
    "Read all balances once and print or push them; exit 4 if one is below its minimum or critical level, 3 if one " +
    "could not be read.",
  healthcheck: "Query the health of a running exporter; exit 0 or 1. For probes without a shell.",
  version: "Print the version.",
} as const;

/** One of {@linkcode COMMANDS}. */
export type Command = keyof typeof COMMANDS;

/** Finds a command by its name. */
export function findCommand(name: string): Command | undefined {
  return COMMAND_NAMES.find((each) => each === name);
}

/** In the order of the help text. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly Command[];

/** Commands that read the configuration. */
export const WITH_CONFIG = ["run", "once", "check", "plan", "rules", "convert"] as const satisfies readonly Command[];

/** Returns whether a command accepts the configuration file as an argument. */
export function takesFile(command: Command): boolean {
  return command !== "run" && WITH_CONFIG.some((each) => each === command);
}

/** An option of the program, as flag or variable. */
export interface Option<T> {
  /** Without dashes; undefined for an option that has variables only. */
  readonly flag?: string;
  /** Environment variables; the first that is set is used. */
  readonly env: readonly string[];
  /** Placeholder of the value in the help text; undefined for a switch. */
  readonly value?: string;
  /** The default, as text. */
  readonly fallback?: string;
  /** An empty variable is an invalid value, as in the original exporter, instead of an unset one. */
  readonly refusesEmpty?: boolean;
  /** The flag may be repeated; its values are joined by commas, as in the variable. */
  readonly isRepeatable?: boolean;
  /** The value may contain a secret and is not shown in messages. */
  readonly secret?: boolean;
  readonly help: string;
  /** The commands that use it. */
  readonly commands: readonly Command[];
  /** Throws `ValueError`. */
  readonly parse: (text: string) => T;
}

/** What some options have. */
type Extras = Omit<Option<unknown>, "flag" | "env" | "value" | "commands" | "parse">;

/** What all options have. */
type Basics<T> = Pick<Option<T>, "env" | "value" | "commands" | "parse">;

/**
 * Returns an option with the literal types of its extras, from which `Settings` is derived.
 *
 * @param usage such as `config.file=PATH`, or `config.strict` for a switch
 */
export function flag<T, const E extends Extras>(
  usage: string,
  env: readonly string[],
  parse: (text: string) => T,
  commands: readonly Command[],
  extras: E,
): Basics<T> & E & { readonly flag: string } {
  // A value may contain "=" itself.
  const [flag = "", ...value] = usage.split("=");
  return { flag, env, parse, commands, ...value.length === 0 ? {} : { value: value.join("=") }, ...extras };
}

/**
 * Returns an option without a flag.
 *
 * @param usage such as `METRICS_PORT=PORT`
 */
export function variable<T, const E extends Extras>(
  usage: string,
  parse: (text: string) => T,
  commands: readonly Command[],
  extras: E,
): Basics<T> & E {
  const [name = "", value = ""] = usage.split("=");
  return { env: [name], value, parse, commands, ...extras };
}
