import { tokenPlan } from "../fakes/accounts.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ENCODERS } from "../../src/metrics/encoders/encoders.ts";
import { COIN_FAMILIES, TOKEN_FAMILIES } from "../../src/metrics/families/wallet_families.ts";
import { seriesOf } from "../../src/metrics/model/series.ts";
import type { Snapshot } from "../../src/metrics/model/snapshot.ts";
import { encodeBlocks } from "../../src/metrics/pages/blocks.ts";
import type { Labels } from "../../src/plan/plan.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { nastyText } from "../fakes/nasty_text.ts";
import { addressOf, COIN, watched } from "../fakes/watched.ts";

const FAMILIES = [...COIN_FAMILIES, ...TOKEN_FAMILIES];

/** All lines of wallets. */
function linesOf(snapshot: Snapshot): readonly string[] {
  const text = FAMILIES.flatMap((family) => [...encodeBlocks(ENCODERS.text, family, snapshot)]).join("");
  return text.split("\n").filter((line) => line !== "");
}

Deno.test("encodeBlocks() escapes labels and inserts level and min_balance_eth in order", () => {
  const label = 'q"\\\n';
  const all = watched({
    "https://a-b.example:80/": [
      { address: addressOf(1), label, min_balance_eth: 1 },
      { address: addressOf(1), label, min_balance_eth: "2.50" },
      { address: "bad", label: "x" },
    ],
  }, { clock: createFakeClock() });
  all.record(0, [2n * COIN]);
  const lines = linesOf(all.snapshot());
  const head = String.raw`{address="${addressOf(1)}",label="q\"\\\n"`;
  const tail = ',namespace="ns",network="a_b",release="rel"} ';
  for (
    const line of [
      `wallet_balance_eth${head}${tail}2`,
      `wallet_balance_below_minimum${head},min_balance_eth="1"${tail}0`,
      `wallet_balance_below_minimum${head},min_balance_eth="2.50"${tail}1`,
      `wallet_balance_threshold_eth${head},level="minimum"${tail}2.5`,
      'wallet_balance_check_success{address="bad",label="x",namespace="ns",network="a_b",release="rel"} 0',
    ]
  ) assert.ok(lines.includes(line), line);
});

const OWN = [
  "address",
  "label",
  "level",
  "min_balance_eth",
  "namespace",
  "network",
  "release",
  "symbol",
  "token",
  "window",
];
const labelNames = fc.uniqueArray(fc.stringMatching(/^[a-z_][a-z0-9_]{0,14}$/).filter((name) => !OWN.includes(name)), {
  maxLength: 6,
});

/** A snapshot of one wallet with a token, whose configuration adds labels. */
function snapshotOf(labels: Labels, wei: bigint | undefined, label = "x"): Snapshot {
  const all = watched({ "https://a.example/": [{ address: addressOf(1), label, min_balance_eth: "1.5" }] }, {
    clock: createFakeClock(),
  });
  all.record(0, [wei ?? "timeout"]);
  const snapshot = all.snapshot();
  const networks = snapshot.networks.map((network) => {
    const known = (network.states["native"] ?? []).flatMap((state) => state ?? []);
    const flowing = known.map((state) => ({ ...state, outflow: { hour: 12.5, day: 1e15 } }));
    const planned = tokenPlan({ symbol: label, address: addressOf(9), decimals: 6 });
    const account = planned.asset.account(addressOf(1));
    const token = { account, token: planned, thresholds: { minimum: "2", critical: "0.5" } };
    const plan = {
      ...network.plan,
      outflow: true as const,
      tokens: [planned],
      wallets: network.plan.wallets.map((wallet) => ({ ...wallet, labels, tokens: [token] })),
    };
    const decimals = new Map([[addressOf(9), 6]]);
    return { ...network, plan, decimals, series: seriesOf(plan), states: { native: flowing, erc20: flowing } };
  });
  return { ...snapshot, networks };
}

Deno.test("encodeBlocks() keeps the labels of the configuration in order, whatever they are called", () => {
  fc.assert(fc.property(labelNames, (added) => {
    const lines = linesOf(snapshotOf(Object.fromEntries(added.map((name) => [name, `of ${name}`])), COIN));
    for (const { name, labels } of FAMILIES) {
      const line = lines.find((each) => each.startsWith(`${name}{`)) ?? "";
      const found = [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label);
      assert.deepEqual(found, [...added, ...labels, "namespace", "release"].sort(), name);
    }
  }));
});

Deno.test("encodeBlocks() prints exactly the samples of the families, in both formats", () => {
  const labels = labelNames.chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, nastyText(8)]))));
  const wei = fc.option(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), { nil: undefined });
  fc.assert(fc.property(labels, wei, nastyText(8), (labels, wei, label) => {
    const snapshot = snapshotOf(labels, wei, label);
    for (const encoder of Object.values(ENCODERS)) {
      for (const family of FAMILIES) {
        const samples = [...family.samples(snapshot)].map((each) => encoder.sample(family, each, snapshot.common));
        assert.equal([...encodeBlocks(encoder, family, snapshot)].join(""), samples.join(""), family.name);
      }
    }
  }));
});
