import { ConfigError, formatProblem, type Problem, RejectedEntriesError } from "../config/model/problem.ts";
import { describeError } from "../util/describe_error.ts";
import { ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";

/** More lines only push the first ones out of sight. */
const MAX_LINES = 5;

/** What was refused, for the log: constant texts that a search finds. */
export interface Refused {
  /** The message of each error. */
  readonly message: string;
  /** The message after them. */
  readonly summary: string;
}

/**
 * Logs why a configuration was refused: the first errors on a line each with
 * their places, then how many there are. Warnings are why with `--config.strict` only.
 *
 * @param error what loading it threw
 * @param refused what the lines say
 * @returns every error, one a line; holds no secret
 */
export function reportRefusal(error: unknown, { message, summary }: Refused): string {
  const errors = errorsOf(error);
  for (const each of errors.slice(0, MAX_LINES)) log.error(message, factsOf(each));
  const logged = Math.min(errors.length, MAX_LINES);
  const advice = errors.length > logged ? { advice: "The command check prints all of them" } : {};
  log.error(summary, { errors: errors.length, logged, ...advice });
  return errors.map(textOf).join("\n");
}

/** An error with its place in a text, or without. */
type Reason = { readonly source: string; readonly problem: Problem } | string;

function errorsOf(error: unknown): readonly Reason[] {
  if (error instanceof ConfigError) {
    const { source } = error;
    return error.problems.filter(({ severity }) => severity === "error").map((problem) => ({ source, problem }));
  }
  if (error instanceof ExitError) {
    const { message, advice } = error;
    const own = advice === "" ? message : `${message}. ${advice}`;
    const { source = "", problems = [] } = error instanceof RejectedEntriesError ? error : {};
    return [own, ...problems.map((problem) => ({ source, problem }))];
  }
  return [`unexpected error, please report it: ${describeError(error)}`];
}

function factsOf(reason: Reason): Record<string, unknown> {
  if (typeof reason === "string") return { problem: reason };
  const { line, column, path, message, advice, source = reason.source } = reason.problem;
  return { source, line, column, path, problem: message, advice };
}

function textOf(reason: Reason): string {
  return typeof reason === "string" ? reason : formatProblem(reason.source, reason.problem);
}
