import assert from "node:assert/strict";
import { leaveOut, runOutside } from "../fakes/outside_tool.ts";
import { fill, queryOf } from "./model.ts";

/** The labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** A series as promtool writes it: a sample a minute, such as `10-0.05x60`. */
export interface Series {
  readonly metric: string;
  readonly labels: Labels;
  readonly values: string;
}

/** What a query of the dashboard is to answer. */
export interface Expectation {
  /** Its panel and letter, such as `Wallets/A`. */
  readonly query: string;
  /** When, such as `6h2m`. */
  readonly at: string;
  /** Values of variables, where it is not everything that is chosen. */
  readonly values?: Labels;
  /** A function around it. */
  readonly through?: string;
  /** To a thousandth. */
  readonly answer: readonly (readonly [labels: Labels, value: number])[];
}

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** The exporter that the series are of. */
export const RELEASE: Labels = { cluster: "c", namespace: "n", release: "r" };

/** The labels of a wallet of the exporter. */
export function walletOf(label: string, network = "mainnet"): Labels {
  return { ...RELEASE, network, label, address: `0x${label}` };
}

/** Makes a series as a pod's page has it after a scrape. */
export function scraped(metric: string, labels: Labels, pod: string, values: string): Series {
  return { metric, labels: { ...labels, job: "j", instance: `${pod}:8080`, pod }, values };
}

/**
 * Lets Prometheus answer queries of the dashboard.
 *
 * @param series what was scraped
 * @param expectations what is asked
 */
export async function assertAnswers(
  series: readonly Series[],
  expectations: readonly Expectation[],
): Promise<void> {
  const test = {
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
    const verdict = await runOutside([promtool, "test", "rules", file], "");
    if (verdict === undefined) return leaveOut("the answers to the dashboard's queries", `there is no ${promtool}`);
    assert.equal(verdict.code, 0, verdict.said);
  } finally {
    await Deno.remove(file);
  }
}

function write(labels: Labels): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}}`;
}
