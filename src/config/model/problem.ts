import { EXIT, ExitError } from "../../util/errors.ts";

/**
 * `error`: an entry is rejected. `warning`: it is used, but is ambiguous or
 * likely a mistake. `notice`: worth knowing. `check` and `--config.strict`
 * accept notices only.
 */
export type Severity = "error" | "warning" | "notice";

/** A place in a text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a configuration. Holds no secret. */
export interface Problem extends Position {
  /** Where the text came from, if it is not the configuration's own. */
  readonly source?: string | undefined;
  readonly severity: Severity;
  /** Whether a list of others caused it, from a server or in a folder, so that the configuration needs no fix. */
  readonly isRemote?: boolean | undefined;
  /** Which entry, such as `eth_mainnet[2].address`; empty for the whole text. */
  readonly path: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do about it, without a full stop. */
  readonly advice: string;
}

/** A configuration that cannot be used at all. */
export class ConfigError extends ExitError {
  /** All that was found, at least one of severity `error`. */
  readonly problems: readonly Problem[];
  /** Where the text came from: a path or the name of a variable. */
  readonly source: string;

  constructor(source: string, problems: readonly Problem[]) {
    super(
      EXIT.refused,
      problems.map((problem) => formatProblem(source, problem)).join("\n"),
    );
    this.problems = problems;
    this.source = source;
  }
}

/** Refuses a text as a whole, by default at its start. */
export function refusal(
  source: string,
  message: string,
  advice: string,
  place: Position = { line: 1, column: 1 },
): ConfigError {
  return new ConfigError(source, [{ severity: "error", path: "", ...place, message, advice }]);
}

/** For a text that is nested deeper than any configuration. */
export function tooDeep(source: string): ConfigError {
  const advice = "A network is in a list, and a wallet is in a list of its network";
  return refusal(source, "The text is nested too deeply to be a configuration", advice);
}

/** A readable configuration that is refused because of its entries. */
export class RejectedEntriesError extends ExitError {
  /** What is wrong with the entries; may be none. */
  readonly problems: readonly Problem[];
  /** Where the text came from: a path or the name of a variable. */
  readonly source: string;

  /** @param message why it is refused, without a full stop */
  constructor(message: string, advice: string, { source, problems }: Pick<ConfigError, "source" | "problems">) {
    super(EXIT.refused, message, advice);
    this.problems = problems;
    this.source = source;
  }
}

/** Writes a problem as compilers do: `source:line:column: severity: path: message. advice.` */
export function formatProblem(source: string, problem: Problem): string {
  const { line, column, severity, path, message, advice, source: own = source } = problem;
  const where = path === "" ? "" : `${path}: `;
  return `${own}:${line}:${column}: ${severity}: ${where}${message}${advice === "" ? "" : `. ${advice}`}`;
}

/**
 * Makes a function from an offset to its position.
 *
 * @returns from an offset in UTF-16 units to a line and column, in logarithmic time
 */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (
    let at = text.indexOf("\n");
    at !== -1;
    at = text.indexOf("\n", at + 1)
  ) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
