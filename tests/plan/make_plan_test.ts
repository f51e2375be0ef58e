import assert from "node:assert/strict";
import fc from "fast-check";
import { readV1 } from "../../src/config/v1/read_v1.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { uniqueNames } from "../../src/util/text.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import type { Plan } from "../../src/plan/plan.ts";

const ONE = "0x1111111111111111111111111111111111111111";
const TWO = "0x2222222222222222222222222222222222222222";

interface Entry {
  readonly address: string;
  readonly label: string;
  readonly minimum?: unknown;
}

/** The text of a configuration; it may contain the same URL twice. */
function planOf(networks: readonly (readonly [string, readonly Entry[]])[]): Plan {
  const members = networks.map(([url, entries]) => {
    const wallets = entries.map(({ address, label, minimum }) => ({ address, label, min_balance_eth: minimum }));
    return `${JSON.stringify(url)}: ${JSON.stringify(wallets)}`;
  });
  return makePlan(readV1(`{${members.join()}}`, "test"));
}

Deno.test("makePlan() numbers later networks of a name in use, in their wallets' series only where they clash", () => {
  const plan = planOf([
    ["http://rpc.a/1", [{ address: ONE, label: "x" }]],
    ["http://rpc.a/2", [{ address: TWO, label: "x" }]],
    ["http://rpc.a/3", [{ address: TWO, label: "x" }]],
    ["http://rpc_2.a", [{ address: ONE, label: "x" }]],
  ]);
  assert.deepEqual(plan.networks.map(({ id, networkLabel }) => [id, networkLabel]), [
    ["rpc", "rpc"],
    ["rpc_3", "rpc"],
    ["rpc_4", "rpc_4"],
    ["rpc_2", "rpc_2"],
  ]);
  assert.deepEqual(plan.renamed, [
    { name: "rpc", id: "rpc_3", inSeries: false },
    { name: "rpc", id: "rpc_4", inSeries: true },
  ]);
});

Deno.test("makePlan() reads an address once, however many labels it has", () => {
  const [network] =
    planOf([["http://a", [{ address: ONE, label: "x" }, { address: ONE, label: "y" }, { address: ONE, label: "x" }]]])
      .networks;
  assert.deepEqual(network?.accounts.map(({ key }) => key), [ONE]);
  assert.deepEqual(network?.wallets.map(({ label, account }) => [label, account === network.accounts[0]]), [
    ["x", true],
    ["y", true],
  ]);
});

Deno.test("makePlan() keeps every distinct minimum of a wallet, and notes one that cannot be compared", () => {
  const entries = [1, 2, 1, "abc"].map((minimum) => ({ address: ONE, label: "x", minimum }));
  const wallet = planOf([["http://a", entries]]).networks[0]?.wallets[0];
  assert.deepEqual(wallet?.minimums.map(({ label }) => label), ["1", "2"]);
  assert.equal(wallet?.hasInvalidMinimum, true);
});

Deno.test("makePlan() drops a rejected entry that would write a watched wallet's series", () => {
  const text =
    `{"http://a": [{"address": "${ONE}", "label": ""}, {"address": "${ONE}"}, {"address": "nonsense", "label": "n"}]}`;
  const [network] = makePlan(readV1(text, "test")).networks;
  assert.equal(network?.wallets.length, 1);
  assert.deepEqual(network?.rejected, [{ address: "nonsense", label: "n", labels: {} }]);
});

const entry = fc.record({
  address: fc.constantFrom(ONE, TWO, "bad", "worse"),
  label: fc.constantFrom("", "x", "y", "\ud800", "\ufffd"),
  minimum: fc.constantFrom(undefined, 1, 2, "abc"),
});
const url = fc.constantFrom(
  "http://rpc.a/1",
  "http://rpc.a/2",
  "http://rpc.b",
  "http://rpc_2",
  "http://rpc_3",
  "ws://rpc",
  "",
);

Deno.test("makePlan() never writes a series twice, and loses no wallet", () => {
  fc.assert(fc.property(fc.array(fc.tuple(url, fc.array(entry, { maxLength: 5 })), { maxLength: 6 }), (networks) => {
    const plan = planOf(networks);
    const ids = plan.networks.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, "two networks of one name");
    const series = plan.networks.flatMap(({ networkLabel, wallets, rejected }) =>
      [...wallets, ...rejected].map(({ address, label }) =>
        JSON.stringify([networkLabel, address, label.toWellFormed()])
      )
    );
    assert.equal(new Set(series).size, series.length, "a series is written twice");
    for (const [at, entries] of networks) {
      for (const { address, label } of entries.filter(() => at.startsWith("http"))) {
        const found = plan.networks.some(({ wallets, rejected }) =>
          [...wallets, ...rejected].some((each) =>
            each.address === address && each.label.toWellFormed() === label.toWellFormed()
          )
        );
        assert.ok(found, `${address} ${label} is lost`);
      }
    }
  }));
});

Deno.test("M5: makePlan() leaves out default thresholds that contradict a wallet's own", async () => {
  const text = `version: 2
defaults: { thresholds: { critical: 0.2, minimum: 0.5, warning: 1, target: 5 } }
networks:
  - name: m
    endpoints: ["http://localhost:8545"]
    wallets:
      - { address: "${ONE}", label: plain }
      - { address: "${ONE}", label: high, thresholds: { minimum: 32 } }
      - { address: "${ONE}", label: low, thresholds: { target: 0.3 } }
      - { address: "${ONE}", label: same, thresholds: { warning: 0.5 } }
      - { address: "${ONE}", label: urgent, thresholds: { critical: 3 } }
      - { address: "${ONE}", label: twice }
      - { address: "${ONE}", label: twice, thresholds: { minimum: 4 } }
`;
  const config = await readConfig(text, "test", { env: () => undefined, file: undefined });
  const planned = makePlan(config).networks[0]?.wallets.map(({ label, thresholds, minimums }) => [
    label,
    Object.fromEntries(Object.entries(thresholds).map(([level, { coins }]) => [level, coins])),
    minimums.map((minimum) => minimum.label).join(),
  ]);
  assert.deepEqual(planned, [
    ["plain", { critical: 0.2, minimum: 0.5, warning: 1, target: 5 }, "0.5"],
    ["high", { critical: 0.2, minimum: 32 }, "32"],
    ["low", { critical: 0.2, target: 0.3 }, ""],
    ["same", { critical: 0.2, minimum: 0.5, warning: 0.5, target: 5 }, "0.5"],
    ["urgent", { critical: 3, target: 5 }, ""],
    ["twice", { critical: 0.2, minimum: 4, target: 5 }, "4"],
  ]);
});

Deno.test("makePlan() takes the lowest maximum of duplicates, of coins and tokens, and the default's unless contradicted", async () => {
  const text = `version: 2
defaults: { thresholds: { minimum: 0.5, maximum: 10 } }
networks:
  - name: m
    endpoints: ["http://localhost:8545"]
    tokens: [{ symbol: DAI, address: "0x6B175474E89094C44Da98b954EedeAC495271d0F", wallets: named }]
    wallets:
      - { address: "${ONE}", label: plain }
      - { address: "${ONE}", label: high, thresholds: { minimum: 32 } }
      - { address: "${ONE}", label: own, thresholds: { maximum: 20 } }
      - { address: "${ONE}", label: twice, thresholds: { maximum: 7 }, tokens: { DAI: { minimum: 1, maximum: "7.5" } } }
      - { address: "${ONE}", label: twice, thresholds: { maximum: 6 }, tokens: { DAI: { minimum: 2, maximum: "7.25" } } }
      - { address: "${ONE}", label: twice, thresholds: { maximum: 8 } }
`;
  const config = await readConfig(text, "test", { env: () => undefined, file: undefined });
  const planned = makePlan(config).networks[0]?.wallets.map(({ label, thresholds, tokens }) => [
    label,
    Object.fromEntries(Object.entries(thresholds).map(([level, { coins }]) => [level, coins])),
    tokens.map((token) => token.thresholds),
  ]);
  assert.deepEqual(planned, [
    ["plain", { minimum: 0.5, maximum: 10 }, []],
    ["high", { minimum: 32 }, []],
    ["own", { minimum: 0.5, maximum: 20 }, []],
    ["twice", { minimum: 0.5, maximum: 6 }, [{ minimum: "2", maximum: "7.25" }]],
  ]);
});

Deno.test("uniqueNames() counts on past names that others have", () => {
  assert.deepEqual(uniqueNames(["a", "a", "a_3", "a", "b", "a_3", "a"]), [
    "a",
    "a_2",
    "a_3",
    "a_4",
    "b",
    "a_3_2",
    "a_5",
  ]);
  const many = uniqueNames(Array.from({ length: 50_000 }, () => "n"));
  assert.deepEqual([new Set(many).size, many.at(-1)], [50_000, "n_50000"]);
});
