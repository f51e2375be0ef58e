import { runOutside, type ToolResult } from "../fakes/outside_tool.ts";
import type { Labels } from "./evaluate.ts";
import type { Firing } from "./rules.ts";
import { type RawSeries, SCRAPE } from "./scrape.ts";

const PROMTOOL = Deno.env.get("PROMTOOL") ?? "promtool";

/** What is expected of promtool. */
export interface Case {
  readonly raw: readonly RawSeries[];
  /** When alerts fire, in evaluations. */
  readonly firings: readonly Firing[];
  /** Minutes between evaluations. */
  readonly every: number;
}

/** Sums over more evaluations than in a week are not exact. */
const MAX_CHUNK = 7 * 24 * 60;

/**
 * Has promtool evaluate the rules on some series, and compares when each alert fires: how many times, the sum of these
 * times and the sum of their squares.
 *
 * @param rules text of a rule file
 * @param alerts names of the alerts to compare
 * @returns undefined if there is no promtool
 */
export async function comparePromtool(
  rules: string,
  alerts: readonly string[],
  { raw, firings, every }: Case,
): Promise<ToolResult | undefined> {
  const length = Math.max(...raw.map(({ values }) => values.length));
  const folder = await Deno.makeTempDir({ prefix: "alert-quality-" });
  try {
    await Deno.writeTextFile(`${folder}/rules.yaml`, rules + recorder(alerts));
    const tests = expressions(firings, length, every);
    // What is scraped between evaluations is not read by any rule.
    const input = raw.map(({ name, labels, values }) => ({
      series: name + format(labels),
      values: notation(values.filter((_, minute) => minute % every === 0)),
    }));
    // JSON is YAML.
    const file = {
      rule_files: ["rules.yaml"],
      group_eval_order: [...rules.matchAll(/^ {2}- name: (.+)$/gm)].map(([, name]) => name).concat("recorder"),
      evaluation_interval: `${every}m`,
      tests: [{ interval: `${every}m`, input_series: input, promql_expr_test: tests }],
    };
    await Deno.writeTextFile(`${folder}/test.yaml`, JSON.stringify(file));
    return await runOutside([PROMTOOL, "test", "rules", `${folder}/test.yaml`], "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A group that records when alerts fire: promtool refuses to compute it afterwards for so many samples. */
function recorder(alerts: readonly string[]): string {
  const minute = `ALERTS{alertstate="firing",alertname=~"${alerts.join("|")}"} * time() / ${SCRAPE}`;
  return `
  - name: recorder
    rules:
      - record: firing:minute
        expr: ${minute}
      - record: firing:minute_squared
        expr: firing:minute * firing:minute
`;
}

interface ExprTest {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
}

function expressions(firings: readonly Firing[], length: number, every: number): readonly ExprTest[] {
  const chunk = Math.min(MAX_CHUNK, length);
  return Array.from({ length: Math.ceil(length / chunk) }, (_, number) => {
    // Times of the grid; the last one is that of the evaluation.
    const from = Math.ceil(number * chunk / every);
    const to = Math.ceil(Math.min(length, (number + 1) * chunk) / every);
    const range = `[${(to - from - 1) * every * SCRAPE}s]`;
    const sums: readonly (readonly [expr: string, of: (at: number) => number])[] = [
      [`count_over_time(firing:minute${range})`, () => 1],
      [`sum_over_time(firing:minute${range})`, (at) => at],
      [`sum_over_time(firing:minute_squared${range})`, (at) => at * at],
    ];
    return sums.map(([expr, of]) => ({
      expr,
      eval_time: `${(to - 1) * every}m`,
      exp_samples: summed(firings, from, to, (at) => of(at * every)),
    }));
  }).flat();
}

function summed(
  firings: readonly Firing[],
  from: number,
  to: number,
  of: (at: number) => number,
): ExprTest["exp_samples"] {
  const sums = new Map<string, number>();
  for (const { alert, severity, labels, ...span } of firings) {
    const key = format({ ...labels, alertname: alert, alertstate: "firing", severity });
    for (let at = Math.max(from, span.from); at < Math.min(to, span.to); at++) {
      sums.set(key, (sums.get(key) ?? 0) + of(at));
    }
  }
  return [...sums].map(([labels, value]) => ({ labels, value }));
}

function format(labels: Labels): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}}`;
}

/** Values in promtool's notation: runs are short, and a series that ends is stale. */
function notation(values: Float64Array): string {
  const words: string[] = [];
  for (let at = 0; at < values.length;) {
    const value = values[at] ?? NaN;
    let count = 1;
    while (at + count < values.length && Object.is(values[at + count], value)) count++;
    if (value === value) words.push(count === 1 ? `${value}` : `${value}x${count - 1}`);
    else {
      if (at > 0) words.push("stale");
      const rest = at > 0 ? count - 1 : count;
      if (rest > 0) words.push(`_x${rest}`);
    }
    at += count;
  }
  return words.join(" ");
}
