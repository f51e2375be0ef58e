import assert from "node:assert/strict";
import { networkSeries } from "../../src/metrics/wallet_series.ts";
import type { NetworkPlan } from "../../src/plan.ts";
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
    tail: ',namespace="ns",network="a_b",release="rel"} ',
    wallets: [{
      head: String.raw`{address="${addressOf(1)}",label="q\"\\\n"`,
      minimums: [',min_balance_eth="1"', ',min_balance_eth="2.50"'],
    }],
    setAside: ['{address="bad",label="x"'],
  });
});
