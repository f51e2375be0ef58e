import { runOutside, skipCheck } from "../fakes/outside_tool.ts";

/** A file of tests for promtool; vmalert-tool takes almost the same. */
export interface TestFile {
  readonly evaluation_interval: string;
  readonly tests: readonly RuleTest[];
}

interface RuleTest {
  readonly name: string;
  readonly alert_rule_test?: readonly AlertExpectation[];
  readonly promql_expr_test?: readonly unknown[];
}

interface AlertExpectation {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

const program = Deno.env.get("VMALERT_TOOL") ?? "vmalert-tool";

/**
 * vmalert is later than Prometheus by this many evaluations, since a rule reads what the rules before it in its group
 * recorded at the evaluation before. Most alerts are one later: that is tried first.
 */
const LAGS = [1, 0, 2, 3];

/**
 * The steps of a subquery end at the present time in VictoriaMetrics, and at full steps in Prometheus. So the outflow,
 * which leaves out the largest step, may differ for up to one of them.
 */
const DEPLETING_LAGS = [15, 30, 60];

/**
 * Runs tests of promtool with vmalert-tool. An alert is as expected if it is within some evaluations.
 *
 * @returns what is not as expected, in the words of vmalert-tool
 */
export async function runVmalert(rules: string, { evaluation_interval, tests }: TestFile): Promise<readonly string[]> {
  const step = secondsOf(evaluation_interval);
  let left = tests;
  let problems: readonly string[] = [];
  for (const lag of [...LAGS, ...DEPLETING_LAGS]) {
    const isOnTime = (each: AlertExpectation): boolean => !each.alertname.includes("Depleting");
    if (DEPLETING_LAGS.includes(lag) && left.some((test) => alertsOf(test).some(isOnTime))) break;
    const late = left.map((test) => ({
      ...test,
      alert_rule_test: alertsOf(test).map((each) => later(each, lag * step)),
    }));
    problems = await run(rules, { evaluation_interval, tests: late });
    if (problems.length === 0) return [];
    const failed = new Set(problems.map(keyOf));
    // Without the expectations that were met; queries do not lag.
    left = left.map((test) => ({
      ...test,
      alert_rule_test: alertsOf(test).filter((each) =>
        failed.has(`${test.name}/${each.alertname}/${secondsOf(later(each, lag * step).eval_time)}`)
      ),
    })).filter((test) => alertsOf(test).length > 0);
    if (left.length === 0) return problems;
  }
  return problems;
}

function alertsOf({ alert_rule_test: alerts = [] }: RuleTest): readonly AlertExpectation[] {
  return alerts;
}

function later(expectation: AlertExpectation, seconds: number): AlertExpectation {
  return { ...expectation, eval_time: `${secondsOf(expectation.eval_time) + seconds}s` };
}

/** The test, alert and time of a problem. */
function keyOf(problem: string): string {
  const [, alert = "", time = ""] = /alertname: (\w+), time: (\w+),/.exec(problem) ?? [];
  const [, test = ""] = /^testGroupName: (.*),$/m.exec(problem) ?? [];
  return `${test}/${alert}/${secondsOf(time)}`;
}

async function run(rules: string, { evaluation_interval, tests }: TestFile): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const translated = tests.map(({ promql_expr_test: queries = [], ...test }) => ({
      ...test,
      metricsql_expr_test: queries,
    }));
    await Deno.writeTextFile(`${folder}/rules.yaml`, rules);
    await Deno.writeTextFile(
      `${folder}/tests.yaml`,
      JSON.stringify({ rule_files: ["rules.yaml"], evaluation_interval, tests: translated }),
    );
    const result = await runOutside(
      [program, "unittest", `-files=${folder}/tests.yaml`, "-disableAlertgroupLabel"],
      "",
    );
    if (result === undefined) {
      skipCheck("rules and queries in VictoriaMetrics", `there is no ${program}; name one with VMALERT_TOOL`);
      return [];
    }
    if (result.code === 0) return [];
    const problems = result.output.split(/\n(?=testGroupName: )/).slice(1);
    return problems.length === 0 ? [result.output] : problems;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Seconds of a duration such as `6h2m`. */
export function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, n, unit = ""]) => sum + Number(n) * (units[unit] ?? 0),
    0,
  );
}
