import type { Config } from "../config/model/config.ts";
import type { Problem } from "../config/model/problem.ts";
import { log } from "../util/log.ts";
import type { Plan, Renamed } from "../plan/plan.ts";

/** Past this many lines a log only scrolls away. */
const MOST_LINES = 50;

/**
 * Tells the log what is wrong with the configuration in use.
 *
 * @param config with its problems
 * @param plan with the names it had to change
 */
export function reportProblems({ source, problems }: Config, { renamed }: Plan): void {
  for (const { source: own = source, severity, line, column, path, message, advice } of gravest(problems)) {
    const facts = { source: own, line, column, path, problem: message, advice };
    if (severity === "error") log.error("A configuration entry cannot be watched as written", facts);
    else log.warn("A configuration entry is worth a look", facts);
  }
  if (problems.length > MOST_LINES) {
    log.warn("There are more problems than are logged, the command check prints all", { problems: problems.length });
  }
  for (const each of renamed) log.warn("Two networks have one name", { advice: renamedText(each) });
}

/** As many as are logged, in the order of the text; no error is left out for a warning. */
function gravest(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MOST_LINES) return problems;
  const [errors = [], others = []] = [true, false].map((isError) =>
    problems.filter(({ severity }) => (severity === "error") === isError)
  );
  return [...errors, ...others].slice(0, MOST_LINES);
}

/**
 * Counts the entries that cannot be watched as written: URLs, lists and
 * wallets, each once however much is wrong with it.
 *
 * @param problems of a configuration, in the order of the text
 */
export function countRejected(problems: readonly Problem[]): number {
  let entries = 0;
  let entry: string | undefined;
  const told = new Set<string>();
  for (const { severity, path, source } of problems) {
    if (severity !== "error") continue;
    // An entry of a list has a number of its own; whatever is wrong within it.
    const owner = source === undefined ? path.replace(/\.\w+$/, "") : `${source} ${/^\[\d+\]/.exec(path)?.[0]}`;
    // Paths may repeat from network to network, but never within one entry.
    if (owner !== entry || source === undefined && told.has(path)) {
      entries++;
      entry = owner;
      told.clear();
    }
    told.add(path);
  }
  return entries;
}

/** Says what a network of a taken name is called. */
export function renamedText({ name, id, inSeries }: Renamed): string {
  const where = inSeries
    ? "in all series, those of all its wallets too, since the two have a wallet in common; format 2 names networks"
    : "in the series of networks and endpoints, its wallets' series keep the name";
  return `Another network is called ${name} too; this one is ${id} ${where}`;
}
