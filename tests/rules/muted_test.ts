import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { CASES } from "./cases.ts";
import { ALERTS, groupOrder, read, rendered } from "./rendered.ts";
import type { RuleValues } from "../../src/rules/render_rules.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

interface Case {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test?: readonly Expectation[];
}

interface Expectation {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts: readonly { readonly exp_labels?: Readonly<Record<string, string>> }[];
}

/**
 * Alerts about wallets, also if one of them is about all wallets of a network or of a token. A muted wallet that is
 * delegated must not be topped up either.
 */
const OF_WALLETS = new Set(
  [...ALERTS.keys()].filter((name) => !name.startsWith("WalletBalanceExporter") && name !== "WalletDelegated"),
);

/** A series of each wallet, in the words of promtool. */
function mutesOf({ input_series: all }: Case): Case["input_series"] {
  const wallets = new Set(all.flatMap(({ series }) => {
    const labels = series.match(/\b(?:cluster|namespace|release|network|label|address|team)="[^"]*"/g) ?? [];
    return labels.some((each) => each.startsWith("address=")) ? [labels.toSorted().join()] : [];
  }));
  return [...wallets].map((labels) => ({ series: `wallet_balance_muted{${labels}}`, values: "1x5000" }));
}

/** The first case in which each alert fires, with all its wallets muted. */
function mutedCases(): ReadonlyMap<string, readonly [RuleValues, Case]> {
  const found = new Map<string, readonly [RuleValues, Case]>();
  for (const [file, values] of CASES) {
    const { tests }: { readonly tests: readonly Case[] } = parse(read(`tests/rules/cases/${file}`));
    for (const test of tests) {
      for (const expected of test.alert_rule_test ?? []) {
        const { alertname, exp_alerts } = expected;
        if (!OF_WALLETS.has(alertname) || found.has(alertname) || exp_alerts.length === 0) continue;
        const muted = [...test.input_series, ...mutesOf(test)];
        const silent = [{ ...expected, exp_alerts: [] }];
        const { name, interval } = test;
        found.set(alertname, [values, { name, interval, input_series: muted, alert_rule_test: silent }]);
      }
    }
  }
  return found;
}

Deno.test("a muted wallet has none of the alerts about wallets, except that it is delegated", async () => {
  const cases = mutedCases();
  assert.deepEqual([...OF_WALLETS].filter((name) => !cases.has(name)), []);
  const folder = await Deno.makeTempDir();
  try {
    for (const [values, all] of Map.groupBy(cases.values(), ([values]) => values)) {
      const rules = rendered(values);
      await Deno.writeTextFile(`${folder}/rules.yaml`, rules);
      const tests = all.map(([, test]) => test);
      const order = groupOrder(rules);
      await Deno.writeTextFile(
        `${folder}/cases.yaml`,
        stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", group_eval_order: order, tests }),
      );
      const result = await runOutside([promtool, "test", "rules", `${folder}/cases.yaml`], "");
      if (result === undefined) return skipCheck("rules of muted wallets", `there is no ${promtool}`);
      assert.equal(result.code, 0, result.output);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
