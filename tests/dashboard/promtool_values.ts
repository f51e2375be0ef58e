import assert from "node:assert/strict";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { runVmalert } from "../rules/vmalert.ts";
import { fill, queryOf } from "./model.ts";

/** The labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** A series in the notation of promtool: one sample per minute, such as `10-0.05x60`. */
export interface Series {
  readonly metric: string;
  readonly labels: Labels;
  readonly values: string;
}

/** The expected result of a query. */
export interface Expectation {
  /** Panel and letter, such as `Wallets/A`. */
  readonly query: string;
  /** Such as `6h2m`. */
  readonly at: string;
  /** Values of variables. @default everything is selected */
  readonly values?: Labels;
  /** A function to apply. */
  readonly through?: string;
  /** Rounded to a thousandth. */
  readonly answer: readonly (readonly [labels: Labels, value: number])[];
}

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** Labels of the exporter. */
export const RELEASE: Labels = { cluster: "c", namespace: "n", release: "r" };

/** Labels of a wallet. */
export function walletOf(label: string, network = "mainnet"): Labels {
  return { ...RELEASE, network, label, address: `0x${label}` };
}

/** A scraped series of a pod. */
export function scraped(metric: string, labels: Labels, pod: string, values: string): Series {
  return { metric, labels: { ...labels, job: "j", instance: `${pod}:8080`, pod }, values };
}

/** Evaluates queries of the dashboard with promtool, and with the query engine of VictoriaMetrics. */
export async function assertAnswers(
  series: readonly Series[],
  expectations: readonly Expectation[],
): Promise<void> {
  const test = {
    name: "dashboard",
    interval: "1m",
    input_series: series.map(({ metric, labels, values }) => ({ series: `${metric}${write(labels)}`, values })),
    promql_expr_test: expectations.map(({ query, at, values, through = "", answer }) => ({
      expr: `round(${through}(${fill(queryOf(query), values)}), 0.001)`,
      eval_time: at,
      exp_samples: answer.map(([labels, value]) => ({ labels: write(labels), value })),
    })),
  };
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, JSON.stringify({ rule_files: [], tests: [test] }));
    const checked = await runOutside([promtool, "test", "rules", file], "");
    if (checked === undefined) skipCheck("the answers to the dashboard's queries", `there is no ${promtool}`);
    else assert.equal(checked.code, 0, checked.output);
    // vmalert-tool needs a rule.
    const rules = JSON.stringify({ groups: [{ name: "none", rules: [{ record: "one", expr: "vector(1)" }] }] });
    assert.deepEqual(await runVmalert(rules, { evaluation_interval: "1h", tests: [test] }), []);
  } finally {
    await Deno.remove(file);
  }
}

function write(labels: Labels): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}}`;
}
