import type { Config } from "../config/model/config.ts";
import { ConfigError, formatProblem, type Problem, RejectedEntriesError } from "../config/model/problem.ts";
import type { Plan, Renamed } from "../plan/plan.ts";
import { describeError, ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";

/** More lines would flood the log at every start. */
const MAX_PROBLEMS = 50;
/** More lines would push the first ones, which matter most, out of sight. */
const MAX_ERRORS = 5;

/** Logs the problems of the configuration in use, and networks that had to be renamed. */
export function reportProblems({ source, problems }: Config, { renamed, networks }: Plan): void {
  for (const problem of mostSevere(problems)) {
    const fields = problemFields(source, problem);
    if (problem.severity === "error") log.error("Rejected configuration entry", fields);
    // Without any network a notice says why nothing is monitored.
    else if (problem.severity === "warning" || networks.length === 0) log.warn("Configuration warning", fields);
    else log.info("Configuration notice", fields);
  }
  if (problems.length > MAX_PROBLEMS) {
    const advice = "Run the command check to see all of them";
    log.warn("More configuration problems than logged", { problems: problems.length, logged: MAX_PROBLEMS, advice });
  }
  for (const each of renamed) log.warn("Duplicate network name", { problem: renamedText(each) });
}

/** As many as are logged, in the order of the text unless that would drop an error in favour of a warning. */
function mostSevere(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const isError = ({ severity }: Problem): number => severity === "error" ? 1 : 0;
  return problems.toSorted((one, other) => isError(other) - isError(one)).slice(0, MAX_PROBLEMS);
}

/**
 * Counts rejected entries: URLs, lists and wallets, each once whatever the number of its errors.
 *
 * @param problems in the order of the text
 */
export function countRejected(problems: readonly Problem[]): number {
  let count = 0;
  let entry: string | undefined;
  const paths = new Set<string>();
  for (const { severity, path, source } of problems) {
    if (severity !== "error") continue;
    // An entry of a list is known by its index in the list, everything else by its path without the last key.
    const owner = source === undefined ? path.replace(/\.\w+$/, "") : `${source} ${/^\[\d+\]/.exec(path)?.[0]}`;
    // A path may occur again in another network, but only once per entry.
    if (owner !== entry || source === undefined && paths.has(path)) {
      count++;
      entry = owner;
      paths.clear();
    }
    paths.add(path);
  }
  return count;
}

/** Returns whether `check` and `--config.strict` fail with these problems. */
export function failsCheck(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity !== "notice");
}

/** Describes under which name a network with a duplicate name appears. */
export function renamedText({ name, id, inSeries }: Renamed): string {
  const where = inSeries
    ? "in all series, since both have a wallet in common. Version 2 of the configuration can name networks"
    : `in the series of networks and endpoints, and ${name} in those of its wallets`;
  return `Two networks are called ${name}: the later one is ${id} ${where}`;
}

/** Constant log messages for a configuration that cannot be loaded, so that they can be searched for. */
export interface RefusalMessages {
  /** The message of each error. */
  readonly error: string;
  /** The message of the last line. */
  readonly summary: string;
}

/**
 * Logs why a configuration cannot be used: one line per error with its place, then a summary. Warnings are reasons
 * only with `--config.strict`.
 *
 * @param error what loading the configuration threw
 * @returns all errors, one per line, without secrets
 */
export function reportRefusal(error: unknown, messages: RefusalMessages): string {
  const reasons = reasonsOf(error);
  const fields = reasons.map((each) => typeof each === "string" ? { problem: each } : problemFields(each.source, each));
  logReasons(fields, messages);
  return reasons.map((each) => typeof each === "string" ? each : formatProblem(each.source, each)).join("\n");
}

/** Logs the first reasons, then a summary with their number. */
export function logReasons(reasons: readonly Record<string, unknown>[], { error, summary }: RefusalMessages): void {
  const logged = reasons.slice(0, MAX_ERRORS);
  for (const fields of logged) log.error(error, fields);
  const advice = reasons.length > logged.length ? { advice: "Run the command check to see all of them" } : {};
  log.error(summary, { errors: reasons.length, logged: logged.length, ...advice });
}

/** A problem with its source, or an error without a place. */
type Refused = Problem & { readonly source: string } | string;

function reasonsOf(error: unknown): readonly Refused[] {
  if (error instanceof ConfigError) {
    return error.problems.filter(({ severity }) => severity === "error").map((each) => withSource(error.source, each));
  }
  if (error instanceof ExitError) {
    const { message, advice } = error;
    const own = advice === "" ? message : `${message}. ${advice}`;
    const { source = "", problems = [] } = error instanceof RejectedEntriesError ? error : {};
    return [own, ...problems.map((each) => withSource(source, each))];
  }
  return [`unexpected error, please report it: ${describeError(error)}`];
}

function withSource(source: string, problem: Problem): Problem & { readonly source: string } {
  return { ...problem, source: problem.source ?? source };
}

function problemFields(
  file: string,
  { source = file, line, column, path, message, advice }: Problem,
): Record<string, unknown> {
  return { source, line, column, path: path || undefined, problem: message, advice: advice || undefined };
}
