import assert from "node:assert/strict";
import fc from "fast-check";
import { networkSeries } from "../../src/metrics/wallet_series.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { addressOf, IDENTITY, planOf } from "../fakes/watched.ts";

Deno.test("networkSeries() escapes each text once, with room for the labels between", () => {
  const plan = planOf({
    "https://a-b.example:80/": [
      { address: addressOf(1), label: 'q"\\\n', min_balance_eth: 1 },
      { address: addressOf(1), label: 'q"\\\n', min_balance_eth: "2.50" },
      { address: "bad", label: "x" },
    ],
  });
  const [network] = plan.networks;
  assert.deepEqual(networkSeries(network as NetworkPlan, IDENTITY), {
    wallets: [{
      head: String.raw`{address="${addressOf(1)}",label="q\"\\\n"`,
      middle: "",
      minimums: [',min_balance_eth="1"', ',min_balance_eth="2.50"'],
      tail: ',namespace="ns",network="a_b",release="rel"} ',
      tokens: [],
    }],
    rejected: ['{address="bad",label="x",namespace="ns",network="a_b",release="rel"} '],
  });
});

Deno.test("networkSeries() keeps the labels of the configuration in order, whatever they are called", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z_][a-z0-9_]{0,14}$/), { maxLength: 6 });
  fc.assert(fc.property(names, (all) => {
    const own = ["address", "label", "level", "min_balance_eth", "namespace", "network", "release"];
    const labels = Object.fromEntries(all.filter((name) => !own.includes(name)).map((name) => [name, `of ${name}`]));
    const [network] = planOf({ "https://a.example/": [{ address: addressOf(1), label: "x" }] }).networks;
    const wallets = network?.wallets.map((wallet) => ({ ...wallet, labels })) ?? [];
    const { wallets: [series] } = networkSeries({ ...network as NetworkPlan, wallets }, IDENTITY);
    const { head = "", middle = "", tail = "" } = series ?? {};
    for (
      const [line, more] of [
        [head + middle + tail, []],
        [`${head},level="x"${middle}${tail}`, ["level"]],
        [`${head}${middle},min_balance_eth="1"${tail}`, ["min_balance_eth"]],
      ] as const
    ) {
      const found = [...line.matchAll(/[{,](\w+)="/g)].map(([, name]) => name);
      const expected = [...Object.keys(labels), "address", "label", "namespace", "network", "release", ...more];
      assert.deepEqual(found, expected.sort());
    }
  }));
});
