import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { CASES } from "./cases.ts";
import { read, rendered } from "./rendered.ts";
import { runVmalert, secondsOf, type TestFile } from "./vmalert.ts";

/** More simulated time takes minutes. */
const MAX_TIME = 86_400;

/** The recorded series of a group with an interval of 5m or more are too old for the rules after them. */
const EVALUATION_INTERVAL = "1m";

/** As `humanizeDuration` writes them. Times change with each evaluation, so those of a rule that is late differ. */
const DURATION = /(?:\d+[dhm] )+\d+s/g;

/** The alerts of a file that fire in Prometheus. */
function alertsOf(name: string): TestFile {
  const { tests }: TestFile = parse(read(`tests/rules/cases/${name}`));
  return {
    evaluation_interval: EVALUATION_INTERVAL,
    tests: tests.map(({ alert_rule_test: alerts = [], promql_expr_test: _, ...test }) => ({
      ...test,
      alert_rule_test: alerts.filter(({ eval_time }) => secondsOf(eval_time) <= MAX_TIME),
    })).filter(({ alert_rule_test: alerts }) => alerts.length > 0),
  };
}

/** So do the balances of a wallet that is spent. */
const HELD = / holds [\d.]+(?=(?: \w+)? and will )/g;
const HELD_TEMPLATE = ' holds {{ if lt . 999999.5 }}{{ . | printf "%.6g" }}{{ else }}{{ . | printf "%.0f" }}{{ end }}';

for (const [name, values] of CASES) {
  Deno.test(`vmalert: the rules pass cases/${name}`, async () => {
    const rules = rendered(values).replaceAll("{{ $value | humanizeDuration }}", "TIME")
      .replaceAll(HELD_TEMPLATE, " holds SOME");
    const texts = stringify(alertsOf(name), { lineWidth: 0 }).replaceAll(DURATION, "TIME");
    const file: TestFile = parse(texts.replaceAll(HELD, " holds SOME"));
    assert.equal((await runVmalert(rules, file)).join("\n"), "");
  });
}
