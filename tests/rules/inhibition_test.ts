import assert from "node:assert/strict";
import { parse } from "yaml";
import { groupsOf, read, rendered, type Rule, SETS } from "./rendered.ts";

interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
}

const { inhibit_rules: INHIBITIONS }: { readonly inhibit_rules: readonly Inhibition[] } = parse(
  read("deploy/compose/alertmanager.yml"),
);

/** Time that alerts of other groups need to resolve: twice the interval of the groups, and a scrape. */
const OTHER_GROUPS_S = 300;

interface GroupedRule extends Rule {
  readonly group: string;
}

const ALERTS: readonly GroupedRule[] = groupsOf(rendered(SETS.default)).flatMap(({ name, rules }) =>
  rules.flatMap((rule) => rule.alert === undefined ? [] : [{ ...rule, group: name }])
);

/** Whether an alert has the labels, as Alertmanager compares them. */
function matches({ alert, labels }: Rule, matchers: readonly string[]): boolean {
  const all: Readonly<Record<string, string>> = { ...labels, alertname: alert ?? "" };
  return matchers.every((matcher) => {
    const [, name = "", sign = "", pattern = ""] = /^(\w+)(=~|!=|=)"(.*)"$/.exec(matcher) ?? [];
    assert.notEqual(name, "", matcher);
    const value = all[name] ?? "";
    return (sign === "=~" ? new RegExp(`^(?:${pattern})$`).test(value) : pattern === value) === (sign !== "!=");
  });
}

function keptSeconds({ keep_firing_for: kept = "0m" }: Rule): number {
  const [, minutes = ""] = /^(\d+)m$/.exec(kept) ?? [];
  return 60 * Number(minutes);
}

Deno.test("an alert that inhibits is kept as long as what it inhibits, so that no message follows a recovery", () => {
  const shorter: string[] = [];
  for (const { source_matchers, target_matchers } of INHIBITIONS) {
    for (const source of ALERTS.filter((alert) => matches(alert, source_matchers))) {
      for (const target of ALERTS.filter((alert) => matches(alert, target_matchers))) {
        const wanted = keptSeconds(target) + (source.group === target.group ? 0 : OTHER_GROUPS_S);
        if (keptSeconds(source) < wanted) shorter.push(`${source.alert} inhibits ${target.alert}, for ${wanted} s`);
      }
    }
  }
  assert.deepEqual(shorter, []);
});

Deno.test("alerts of low balances are only inhibited by others of the same balance, or if a top-up would be stolen", () => {
  const LOW = /WalletDelegated|Below|CriticallyLow|Depleting|Emptied/;
  for (const { source_matchers, target_matchers } of INHIBITIONS) {
    const targets = ALERTS.filter((alert) => matches(alert, target_matchers) && LOW.test(alert.alert ?? ""));
    const sources = ALERTS.filter((alert) => matches(alert, source_matchers));
    if (targets.length > 0) assert.ok(sources.every(({ alert = "" }) => LOW.test(alert)), source_matchers.join());
  }
});
