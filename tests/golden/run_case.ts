import type { GoldenCase, Step } from "./cases.ts";
import { compareSeries } from "./compare.ts";
import { type Exporter, startExporter } from "../program/exporter.ts";
import type { Lane } from "./lane.ts";
import type { Page } from "../program/page.ts";
import { fill, fillSeries, type Placeholders } from "./placeholders.ts";
import { PATIENCE } from "../program/until.ts";
import { firstPoll, pollAfter } from "../program/wait_for_poll.ts";

const secret = "s3cret";

/** What came of a case. */
export interface Outcome {
  readonly golden: GoldenCase;
  /** What is wrong, a line each; none: it holds. */
  readonly problems: readonly string[];
  /** What the program logged. */
  readonly stderr: string;
}

/**
 * Runs one case from start to stop in a lane that runs nothing else.
 *
 * @param golden the case
 * @param lane its world
 * @param start starts the program with the case's variables
 * @param check looks at the program besides, once it shows its first page
 */
export async function runCase(
  golden: GoldenCase,
  lane: Lane,
  start: (env: Readonly<Record<string, string>>) => Exporter | Promise<Exporter> = startExporter,
  check: (exporter: Exporter) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<Outcome> {
  await lane.prepare(golden);
  const exporter = await start(environment(golden, lane.values));
  const problems: string[] = [];
  try {
    if (golden.exit === undefined) {
      problems.push(...await checkPages(golden, lane, exporter), ...await check(exporter));
    } else {
      problems.push(...await checkExit(golden.exit, exporter));
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (!exporter.hasEnded()) problems.push(...await checkStop(exporter));
  const { stdout, stderr } = await exporter.ended;
  problems.push(...checkWords(golden, stdout, stderr));
  return { golden, problems, stderr };
}

function environment(
  { config, env }: GoldenCase,
  values: Placeholders,
): Record<string, string> {
  const given = { WALLET_CONFIG: config, ...env };
  const filled = Object.entries(given).flatMap(([name, value]) => value === null ? [] : [[name, fill(value, values)]]);
  return {
    RELEASE_NAME: values.RELEASE ?? "",
    POD_NAMESPACE: values.NAMESPACE ?? "",
    ...Object.fromEntries(filled),
  };
}

async function checkPages(
  golden: GoldenCase,
  lane: Lane,
  exporter: Exporter,
): Promise<readonly string[]> {
  const problems = [...await checkFirstPoll(golden, lane, exporter)];
  for (const [index, step] of (golden.then ?? []).entries()) {
    await lane.apply(step);
    const found = await checkPolls(step, exporter, lane);
    problems.push(...found.map((line) => `step ${index + 2}: ${line}`));
  }
  return problems;
}

/** Shows that a node of the tests answered too late, as on a busy machine: with its interval, the timeout is short too. */
const TIMED_OUT = /^wallet_balance_exporter_rpc_errors_total\{[^}]*reason="timeout"[^}]*\} [1-9]/m;

async function checkFirstPoll(golden: GoldenCase, lane: Lane, exporter: Exporter): Promise<readonly string[]> {
  const page = await firstPoll(exporter);
  const problems = checkPage(golden, page, lane);
  return problems.length > 0 && TIMED_OUT.test(page.text) ? await checkPolls(golden, exporter, lane) : problems;
}

/** A failed node is polled again after a back-off: a step may show a few polls later. */
const MAX_POLLS = 6;

async function checkPolls(step: Step, exporter: Exporter, lane: Lane): Promise<readonly string[]> {
  let found: readonly string[] = [];
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    found = checkPage(step, await pollAfter(exporter, Date.now() / 1000), lane);
    if (found.length === 0) break;
  }
  return found;
}

function checkPage({ expected }: Step, page: Page, { values }: Lane): string[] {
  const filled = expected.map((series) => fillSeries(series, values));
  const lines = compareSeries(filled, page.series, Date.now() / 1000);
  return page.text.includes(secret) ? [...lines, `"${secret}" is on the page`] : [...lines];
}

async function checkExit(
  status: number,
  exporter: Exporter,
): Promise<readonly string[]> {
  const inTime = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => inTime.resolve(undefined), PATIENCE);
  const ended = await Promise.race([exporter.ended, inTime.promise]);
  clearTimeout(timer);
  if (ended === undefined) return [`It runs on after ${PATIENCE} ms`];
  const problems: string[] = [];
  if (ended.code !== status) {
    problems.push(`It ended with status ${ended.code} instead of ${status}`);
  }
  if (ownWords(ended.stderr) === "") problems.push("It ended without a word");
  return problems;
}

async function checkStop(exporter: Exporter): Promise<readonly string[]> {
  const inTime = await exporter.terminate(PATIENCE);
  if (Deno.build.os === "windows") return [];
  if (!inTime) return [`It did not end within ${PATIENCE} ms of SIGTERM`];
  const { code } = await exporter.ended;
  return code === 0 ? [] : [`SIGTERM ended it with status ${code}`];
}

/** Without what Deno itself says when it runs the program from source. */
function ownWords(stderr: string): string {
  return stderr.replace(/^Warning Permissions in the config file .*$/m, "")
    .trim();
}

function checkWords(
  { config, stderr: texts = [] }: GoldenCase,
  stdout: string,
  stderr: string,
): readonly string[] {
  const said = `${stdout}${stderr}`;
  const problems = texts
    .filter((text) => !stderr.includes(text))
    .map((text) => `stderr does not say "${text}"`);
  if (config?.includes(secret) && said.includes(secret)) {
    problems.push(`"${secret}" is in the log`);
  }
  if (/^ +at .+:\d+/m.test(said)) problems.push("A stack trace is in the log");
  return problems;
}
