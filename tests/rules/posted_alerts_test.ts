import assert from "node:assert/strict";
import { stringify } from "yaml";
import { ALERT_TEXTS, renderAnnotations } from "../../src/alertmanager/annotations.ts";
import { POSTED, type PostedAlert } from "../../src/alertmanager/posted_alerts.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { rendered, rulesOf } from "./rendered.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** Amounts, durations, counts and shares: around every limit of the formats, and halves that Go rounds to even. */
const VALUES: readonly number[] = [
  ...[0, 1, 2.5, 0.5, 59.9, 60, 61, 3599.6, 3600, 86_399, 90_061, 1e9, 0.25, 1 / 3, 0.001, 1e-4, 9.9999995e-5, 1e-18],
  ...[0.1 + 0.2, 12.3456785, 100_000.5, 100_001.5, 999_999.4, 999_999.5, 999_999.6, 1_234_566.5, 1_234_567.5, 1e21],
  ...[1.5e22, 123_456_789.123, 0.3, 5e-7, 0.0625, 1.00005, 100.05, 12_345.65, 1e15],
];

const LABELS = { address: "0xabc", cluster: "c", label: 'a "b" <c>', namespace: "ns", network: "net", release: "rel" };
const OTHERS = {
  endpoint: "node.example",
  list: "list.example",
  min_balance_eth: "1.5",
  symbol: "USDC",
  token: "0xdef",
};

/** Seconds of more than 64 bits overflow in Go. */
function valuesFor(alert: PostedAlert): readonly number[] {
  const isDuration = JSON.stringify(ALERT_TEXTS[alert]).includes("humanizeDuration");
  return VALUES.filter((value) => !isDuration || value < 2 ** 63);
}

function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`).join()}}`;
}

const RUNBOOKS = "https://example.org/";
const RULES = rulesOf(rendered({ runbookUrl: `${RUNBOOKS}%s` })).filter(({ alert = "" }) =>
  Object.hasOwn(POSTED, alert)
);

/** The level of each alert that has one; the coin has no critical level of its own. */
const LEVEL_OF: Readonly<Partial<Record<PostedAlert, readonly [level: string, coins: number]>>> = {
  WalletBalanceBelowWarning: ["warning", 12_345_678.9],
  WalletBalanceCriticallyLow: ["critical", 0.25 * 0.3],
  WalletBalanceAboveMaximum: ["maximum", 100.05],
  WalletTokenBalanceBelowWarning: ["warning", 1e-7],
  WalletTokenBalanceBelowMinimum: ["minimum", 1e22],
  WalletTokenBalanceCriticallyLow: ["critical", 999_999.4],
  WalletTokenBalanceAboveMaximum: ["maximum", 1],
};
const COIN_BALANCE = 0.0625;
const TOKEN_BALANCE = 1_234_566.5;

/** What the rules query for their texts. */
function queriedSeries(): readonly { readonly series: string; readonly values: string }[] {
  const { address, label, namespace, network, release } = LABELS;
  const wallet = { address, label, namespace, network, release };
  const { symbol, token } = OTHERS;
  const series = (
    name: string,
    labels: Readonly<Record<string, string>>,
    value: number,
  ): { series: string; values: string } => ({
    series: seriesText(name, labels),
    values: `${value}x2`,
  });
  const levels = Object.entries(LEVEL_OF).filter(([alert]) => alert !== "WalletBalanceCriticallyLow");
  return [
    series("wallet_balance_exporter_network_info", { namespace, network, release, symbol: "POL" }, 1),
    series("wallet_balance_threshold_eth", { ...wallet, level: "minimum" }, 0.3),
    // Of another wallet.
    series("wallet_balance_threshold_eth", { ...wallet, label: "x", level: "critical" }, 7),
    ...levels.map(([alert, [level, coins]]) =>
      alert.startsWith("WalletToken")
        ? series("wallet_token_balance_threshold", { ...wallet, symbol, token, level }, coins)
        : series("wallet_balance_threshold_eth", { ...wallet, level }, coins)
    ),
    series("wallet:wallet_balance_eth:max", wallet, COIN_BALANCE),
    series("wallet:wallet_token_balance:max", { ...wallet, symbol, token }, TOKEN_BALANCE),
  ];
}

/** What the exporter would post of a value. */
function posted(
  alert: PostedAlert,
  value: number,
): { readonly exp_labels: unknown; readonly exp_annotations: unknown } {
  const labels = { ...LABELS, ...OTHERS, case: String(value) };
  const isToken = alert.startsWith("WalletToken");
  const level = LEVEL_OF[alert]?.[1];
  const balance = isToken ? TOKEN_BALANCE : COIN_BALANCE;
  const annotations = renderAnnotations(
    { alert, value, symbol: "POL", level, balance },
    new Map(Object.entries(labels)),
  );
  return {
    exp_labels: { ...labels, severity: ALERT_TEXTS[alert].severity },
    exp_annotations: { ...annotations, runbook_url: RUNBOOKS + alert },
  };
}

Deno.test("names, labels and annotations of posted alerts are those of the rules, as Prometheus renders them", async () => {
  assert.deepEqual(RULES.map(({ alert }) => alert).toSorted(), Object.keys(POSTED).toSorted());
  const rules = RULES.map(({ for: _, ...rule }) => ({ ...rule, expr: `value_${rule.alert}` }));
  const names = rules.flatMap(({ alert }) => Object.keys(POSTED).filter((name): name is PostedAlert => name === alert));
  const cases = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [{
      interval: "1m",
      input_series: [
        ...queriedSeries(),
        ...names.flatMap((name) =>
          valuesFor(name).map((value) => ({
            series: seriesText(`value_${name}`, { ...LABELS, ...OTHERS, case: String(value) }),
            values: `${value}x2`,
          }))
        ),
      ],
      alert_rule_test: names.map((alertname) => ({
        eval_time: "1m",
        alertname,
        exp_alerts: valuesFor(alertname).map((value) => posted(alertname, value)),
      })),
    }],
  };
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/rules.yaml`, stringify({ groups: [{ name: "posted", rules }] }));
    await Deno.writeTextFile(`${folder}/cases.yaml`, stringify(cases));
    const result = await runOutside([promtool, "test", "rules", `${folder}/cases.yaml`], "");
    if (result === undefined) return skipCheck("the texts of posted alerts", `there is no ${promtool}`);
    assert.equal(result.code, 0, result.output.slice(0, 2000));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
