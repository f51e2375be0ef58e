import assert from "node:assert/strict";
import { type Alerts, placeholdersOf, renderRules } from "../../src/rules/render_rules.ts";
import { readAlerts } from "../../tools/rules/read_alerts.ts";

const ALERTS: Alerts = new Map([
  ["Low", { enabled: true, group: "wallets", threshold: 0.25, why: "low" }],
  ["Idle", { enabled: false, group: "wallets", why: "idle" }],
]);

const SOURCE = `# For the authors of rules.
groups:
  - name: g
    rules:
      # Why it is so.
      - record: a:b
        expr: max by (@identity@) (b{@selector@}) + max by (@exporter@) (c{d="e",@selector@})

      - alert: Low
        expr: a:b < @threshold@
        for: "@for_short@"
        annotations:
          summary: It is low.

      # Why it is off.
      - alert: Idle
        expr: |-
          changes(a:b[@short@])
            == 0
        annotations:
          summary: It is idle.
`;

Deno.test("renderRules() replaces placeholders as text, and turns disabled alerts into comments", () => {
  assert.equal(
    renderRules(SOURCE, ALERTS, { runbookUrl: "https://example.org/%s.md" }),
    `groups:
  - name: g
    rules:
      # Why it is so.
      - record: a:b
        expr: max by (cluster, namespace, release, network, label, address) (b) + max by (cluster, namespace, release) (c{d="e"})

      - alert: Low
        expr: a:b < 0.25
        for: "70m"
        annotations:
          summary: It is low.
          runbook_url: https://example.org/Low.md

      # # Why it is off.
      # - alert: Idle
      #   expr: |-
      #     changes(a:b[1h])
      #       == 0
      #   annotations:
      #     summary: It is idle.
      #     runbook_url: https://example.org/Idle.md
`,
  );
});

Deno.test("renderRules() inserts a selector, alone and next to other matchers", () => {
  const text = renderRules(SOURCE, ALERTS, { selector: 'release="r"' });
  assert.match(text, /\(b\{release="r"\}\)/);
  assert.match(text, /\(c\{d="e",release="r"\}\)/);
});

Deno.test("renderRules() rejects a placeholder without a value", () => {
  assert.throws(() => renderRules("groups: @foo@", ALERTS, {}), {
    name: "RangeError",
    message: 'The placeholder "@foo@" has no value in a rule',
  });
  const unknown = SOURCE.replace("- alert: Idle", "- alert: Idle\n        for: @threshold@");
  assert.throws(() => renderRules(unknown, ALERTS, {}), {
    message: 'The placeholder "@threshold@" has no value in Idle',
  });
});

Deno.test("placeholdersOf() extends ranges with the interval, and `for` beyond the range", () => {
  const names = [
    "step",
    "step_seconds",
    "short",
    "long",
    "hour",
    "hour_seconds",
    "day",
    "for_short",
    "for_checks",
    "for_slow",
  ];
  const rows: readonly (readonly [interval: number, values: string])[] = [
    [15, "5m 300 1h 6h 1h 3600 24h 70m 15m 30m"],
    [300, "5m 300 1h 6h 1h 3600 24h 70m 15m 30m"],
    [330, "330s 330 1h 6h 1h 3600 24h 70m 990s 30m"],
    [900, "15m 900 90m 6h 1h 3600 24h 100m 45m 45m"],
    [3600, "1h 3600 6h 24h 1h 3600 24h 370m 3h 3h"],
    [7200, "2h 7200 12h 48h 2h 7200 48h 730m 6h 6h"],
  ];
  for (const [interval, values] of rows) {
    const placeholders = placeholdersOf({ interval });
    assert.equal(names.map((name) => placeholders.get(name)).join(" "), values, `${interval} s`);
  }
});

Deno.test("placeholdersOf() joins labels and counts processes", () => {
  const placeholders = placeholdersOf({
    exporterLabels: ["release"],
    walletLabels: ["network", "team"],
    shards: 3,
    replicas: 2,
  });
  assert.equal(placeholders.get("exporter"), "release");
  assert.equal(placeholders.get("network"), "release, network");
  assert.equal(placeholders.get("identity"), "release, network, team");
  assert.equal(placeholders.get("shards"), "3");
  assert.equal(placeholders.get("processes"), "6");
});

Deno.test("readAlerts() rejects misspelled keys and groups", () => {
  const text = "Low: { enabled: true, group: wallets, why: low }";
  assert.deepEqual([...readAlerts(text).keys()], ["Low"]);
  assert.throws(() => readAlerts(text.replace("enabled", "enabeld")), /enabled/);
  assert.throws(() => readAlerts(text.replace("wallets", "wallet")), /wallet/);
});
