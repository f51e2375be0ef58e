import { formatCount } from "../util/text.ts";
import { STRATEGIES } from "../model/source.ts";
import { NEEDED_METHODS } from "../evm/strategies/poll_cost.ts";
import type { Config } from "../config/model/config.ts";
import { ignoredFile, loadConfig } from "../config/load_config.ts";
import { ConfigError, formatProblem, type Problem, type Severity } from "../config/model/problem.ts";
import { EXIT, type ExitCode, ExitError } from "../util/errors.ts";
import { makePlan } from "../plan/make_plan.ts";
import { systemClock } from "../util/clock.ts";
import { checkNotices, valueMethods } from "./check_notices.ts";
import { checkCaCertificates } from "./environment.ts";
import { effectiveTimes, TIMES_ADVICE } from "./effective_times.ts";
import type { Settings } from "./options.ts";
import { type Output, printable } from "./output.ts";
import { failsCheck, renamedText } from "./report_problems.ts";
import { type Cell, coloured, textTable } from "./table.ts";
import { loadWebConfig } from "./web_config_reload.ts";

/**
 * Prints every problem of the configuration and of the files that flags name, then the networks that would be polled.
 *
 * @returns 0 unless there are errors or warnings
 * @throws {ExitError} when there is no configuration, or the CA certificates cannot be read
 */
export async function checkCommand(settings: Settings, { out, isColoured }: Output): Promise<ExitCode> {
  const { shard, webConfig, alertmanagerUrls, alertmanagerHttpConfig } = settings;
  checkCaCertificates();
  const web = [
    ...webConfig === undefined ? [] : await problemsOf(webConfig, () => loadWebConfig(webConfig)),
    ...alertmanagerUrls === undefined && alertmanagerHttpConfig === undefined
      ? []
      : await problemsOf(alertmanagerHttpConfig ?? "--alertmanager.url", () => checkDestinations(settings)),
  ];
  let config: Config;
  try {
    config = await loadConfig(settings, { shard });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = [...web, ...error.problems];
    for (const problem of problems) out(printable(formatProblem(error.source, problem)));
    out(`\n${verdict(problems, 0, isColoured)}`);
    return EXIT.refused;
  }
  const problems = [...web, ...config.problems, ...timeProblems(config, settings)];
  const plan = makePlan(config, shard);
  const notices = [...plan.renamed.map(renamedText), ...checkNotices(config, plan, systemClock.epoch())];
  const ignored = ignoredFile(settings);
  if (ignored !== undefined) notices.unshift(`The file ${ignored} is ignored, since WALLET_CONFIG is set`);
  for (const problem of problems) out(printable(formatProblem(config.source, problem)));
  for (const notice of notices) out(printable(`${config.source}: notice: ${notice}`));
  if (problems.length + notices.length > 0) out("");
  const lines = plan.networks.map(({ id, endpoints, wallets, rejected }): readonly Cell[] => [
    id,
    endpoints.map(({ name }) => name).join(", ") || { text: "none (invalid URL)", colour: "red" },
    String(wallets.length),
    { text: String(rejected.length), colour: rejected.length === 0 ? undefined : "red" },
  ]);
  out(textTable([["NETWORK", "ENDPOINT", "WALLETS", "REJECTED"], ...lines], { right: [2, 3], isColoured }));
  const methods = STRATEGIES.map((strategy) => [strategy, NEEDED_METHODS[strategy]]);
  out("\nAn endpoint must support the methods of one of these strategies:\n");
  out(textTable([["STRATEGY", "METHODS"], ...methods]));
  const more = valueMethods(plan);
  if (more.length > 0) out(`\nTransactions and code need these, with every strategy: ${more.join(", ")}`);
  out(`\nConfiguration version: ${config.version}`);
  out(verdict(problems, notices.length, isColoured));
  return failsCheck(problems) ? EXIT.refused : EXIT.ok;
}

async function checkDestinations(settings: Settings): Promise<void> {
  const { readDestinations } = await import("./alertmanagers.ts");
  await readDestinations(settings);
}

/**
 * Returned and not thrown, so that the problems of the wallets are printed as well.
 *
 * @param source of errors without a place
 */
async function problemsOf(source: string, load: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => ({ ...problem, source: error.source }));
    if (!(error instanceof ExitError)) throw error;
    const { message, advice } = error;
    return [{ source, severity: "error", path: "", line: 1, column: 1, message, advice }];
  }
}

function timeProblems(config: Config, settings: Settings): readonly Problem[] {
  const { conflict } = effectiveTimes(config, settings);
  if (conflict === undefined) return [];
  return [{ severity: "error", path: "", line: 1, column: 1, message: conflict, advice: TIMES_ADVICE }];
}

/** Such as `OK`, `OK (1 notice)` or `FAILED (1 error, 2 warnings)`. */
function verdict(problems: readonly Problem[], moreNotices: number, isColoured = false): string {
  const count = (severity: Severity, more = 0): string => {
    const number = problems.filter((each) => each.severity === severity).length + more;
    return number === 0 && severity === "notice" ? "" : formatCount(number, severity);
  };
  const failed = failsCheck(problems);
  const counts = [...failed ? [count("error"), count("warning")] : [], count("notice", moreNotices)];
  const text = counts.filter((each) => each !== "").join(", ");
  const word = failed ? coloured("FAILED", isColoured ? "red" : undefined) : "OK";
  return `${word}${text === "" ? "" : ` (${text})`}`;
}
