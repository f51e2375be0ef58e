import { STRATEGIES } from "../evm/strategies/ladder.ts";
import { NEEDED_METHODS } from "../evm/strategies/needed_methods.ts";
import type { Config } from "../config/model/config.ts";
import { type ConfigSource, ignoredFile, loadConfig } from "../config/load_config.ts";
import { ConfigError, formatProblem, type Problem, type Severity } from "../config/model/problem.ts";
import { EXIT, type ExitCode, ExitError } from "../util/errors.ts";
import { makePlan } from "../plan/make_plan.ts";
import { checkAuthorities } from "./check_authorities.ts";
import { effectiveTimes, TIMES_ADVICE } from "./effective_times.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";
import { renamedText } from "./report_problems.ts";
import { textTable } from "./text_table.ts";
import { readGuarding } from "./web_guarding.ts";

/**
 * Checks the configuration and prints every problem with its place, then what
 * would be watched. The files that flags name are looked at, too.
 *
 * @param settings where the configuration comes from
 * @param output where to print
 * @returns 0 when there are notices at most, else 1
 * @throws {ExitError} when there is no configuration, or no certificate authorities can be read
 */
export async function checkCommand(settings: Settings, { out }: Output): Promise<ExitCode> {
  const { configText, configFile, shard, webConfig } = settings;
  checkAuthorities();
  const ofWeb = webConfig === undefined ? [] : await webProblems(webConfig);
  const source: ConfigSource = { text: configText, file: configFile };
  let config: Config;
  try {
    config = await loadConfig(source, { shard });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = [...ofWeb, ...error.problems];
    for (const problem of problems) out(formatProblem(error.source, problem));
    out(`\nRefused: ${countText(problems, 0)}.`);
    return EXIT.refused;
  }
  const problems = [...ofWeb, ...config.problems, ...timeProblems(config, settings)];
  const plan = makePlan(config, shard);
  const notices = plan.renamed.map(renamedText);
  const ignored = ignoredFile(source);
  if (ignored !== undefined) notices.unshift(`The file ${ignored} is not read, since WALLET_CONFIG is given too`);
  for (const problem of problems) out(formatProblem(config.source, problem));
  for (const notice of notices) out(`${config.source}: notice: ${notice}`);
  if (problems.length + notices.length > 0) out("");
  const lines = plan.networks.map(({ id, endpoints, wallets, rejected }) => [
    id,
    endpoints.map(({ name }) => name).join(", ") || "none that can answer",
    String(wallets.length),
    String(rejected.length),
  ]);
  out(textTable([["NETWORK", "ENDPOINT", "WALLETS", "SET ASIDE"], ...lines]));
  const methods = STRATEGIES.map((strategy) => [strategy, NEEDED_METHODS[strategy]]);
  out(
    `\nAn endpoint must answer the methods of one of these strategies:\n\n${
      textTable([["STRATEGY", "METHODS"], ...methods])
    }`,
  );
  const failed = failsCheck(problems);
  out(`\n${failed ? "Refused" : "Accepted"}: ${countText(problems, notices.length)} in format ${config.format}.`);
  return failed ? EXIT.refused : EXIT.ok;
}

/** What is wrong with a web configuration, so that it hides nothing that is wrong with the wallets. */
async function webProblems(file: string): Promise<readonly Problem[]> {
  try {
    await readGuarding(file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => ({ ...problem, source: error.source }));
    if (!(error instanceof ExitError)) throw error;
    const { message, advice } = error;
    return [{ source: file, severity: "error", path: "", line: 1, column: 1, message, advice }];
  }
}

/** What the configuration and the flags contradict each other in. */
function timeProblems(config: Config, settings: Settings): readonly Problem[] {
  const { conflict } = effectiveTimes(config, settings);
  if (conflict === undefined) return [];
  return [{ severity: "error", path: "", line: 1, column: 1, message: conflict, advice: TIMES_ADVICE }];
}

/** Tells whether `check` and `--config.strict` refuse a configuration with these problems. */
export function failsCheck(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity !== "notice");
}

function countText(problems: readonly Problem[], moreNotices: number): string {
  const count = (wanted: Severity): number => problems.filter(({ severity }) => severity === wanted).length;
  const counts = [[count("error"), "error"], [count("warning"), "warning"], [count("notice") + moreNotices, "notice"]];
  return counts.map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`).join(", ");
}
