import { setState } from "../fakes/watched.ts";
import assert from "node:assert/strict";
import { readConfig } from "../../src/config/read_config.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { createState, type NetworkState } from "../../src/poller/state.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import { createThresholdLog } from "../../src/poller/threshold_log.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN } from "../fakes/watched.ts";

const clock = createFakeClock();
const TOKEN = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const MINUTE = 60_000;

interface Written {
  readonly label: string;
  readonly thresholds?: string;
  readonly tokens?: string;
}

async function planOf(...wallets: readonly Written[]): Promise<NetworkPlan> {
  const lines = wallets.map(({ label, thresholds = "", tokens = "" }, index) =>
    `      - { address: "${
      addressOf(index + 1)
    }", label: ${label}, thresholds: { ${thresholds} }, tokens: { ${tokens} } }\n`
  );
  const text = `version: 2
networks:
  - name: main
    endpoints: [http://node]
    symbol: POL
    tokens: [{ symbol: USDC, address: "${TOKEN}", decimals: 6, wallets: named }]
    wallets:
${lines.join("")}`;
  const [plan] = makePlan(await readConfig(text, "test", { env: () => undefined, file: undefined })).networks;
  assert.ok(plan !== undefined);
  return plan;
}

async function stateOf(...wallets: readonly Written[]): Promise<NetworkState> {
  return createState(await planOf(...wallets), clock);
}

/** Puts balances in, by account; none where one was not read. */
function put(state: NetworkState, ...balances: readonly (bigint | undefined)[]): NetworkState {
  for (const [index, wei] of balances.entries()) {
    const block = { number: 1n, time: 1 };
    setState(state, index, {
      reading: wei === undefined ? undefined : { amount: wei, block, at: 1_700_000_000, readAt: 0 },
      failure: wei === undefined ? "timeout" : undefined,
      attempted: true,
      spent: 0n,
      received: 0n,
    });
  }
  return state;
}

const LEVELS = "critical: 0.2, minimum: 0.5, warning: 1, target: 5";

Deno.test("createThresholdLog() writes a line per threshold that a balance crosses, down and up", async () => {
  using log = catchLog();
  const thresholds = createThresholdLog("main");
  const state = await stateOf({ label: "batcher", thresholds: LEVELS });
  const brief = (): readonly unknown[] =>
    log.lines.map(({ level, threshold_level: crossed }) => `${level} ${crossed}`).splice(0);
  thresholds(put(state, 2n * COIN), 0);
  thresholds(put(state, COIN), MINUTE);
  assert.deepEqual(log.lines, [], "a balance at a threshold is not below it");
  thresholds(put(state, COIN - 1n), 2 * MINUTE);
  assert.deepEqual(log.lines, [{
    level: "warn",
    msg: "Balance is below a threshold",
    network: "main",
    wallet: "batcher",
    address: addressOf(1),
    symbol: "POL",
    balance: "0.999999999999999999",
    threshold: "1",
    threshold_level: "warning",
  }]);
  thresholds(put(state, 0n), 3 * MINUTE);
  thresholds(put(state, 0n), 4 * MINUTE);
  thresholds(put(state, undefined), 5 * MINUTE);
  assert.deepEqual(brief(), ["warn warning", "warn minimum", "error critical"]);
  thresholds(put(state, COIN / 2n), 6 * MINUTE);
  thresholds(put(state, 6n * COIN), 7 * MINUTE);
  assert.deepEqual(brief().slice(3), ["info minimum", "info critical", "info warning"]);
  assert.equal(log.lines.at(-1)?.["msg"], "Balance is no longer below a threshold");
});

Deno.test("createThresholdLog() writes a line for a first reading that is below, tokens too", async () => {
  using log = catchLog();
  const thresholds = createThresholdLog("main");
  const state = await stateOf(
    { label: "a", thresholds: "minimum: 1", tokens: "USDC: { minimum: 100, warning: 250 }" },
    { label: "b", tokens: "USDC: {}" },
    { label: "c" },
  );
  thresholds(state, 0);
  put(state, 0n, 0n, 0n, 99_500_000n, 0n);
  thresholds(state, 0);
  assert.deepEqual(log.lines.map(({ wallet, threshold }) => [wallet, threshold]), [["a", "1"]]);
  // What decimals a token has is learned later.
  state.decimals = new Map([[TOKEN, 6]]);
  thresholds(state, MINUTE);
  assert.deepEqual(
    log.lines.slice(1),
    ["250 warning", "100 minimum"].map((text) => ({
      level: "warn",
      msg: "Balance is below a threshold",
      network: "main",
      wallet: "a",
      address: addressOf(1),
      token: TOKEN,
      symbol: "USDC",
      balance: "99.5",
      threshold: text.split(" ")[0],
      threshold_level: text.split(" ")[1],
    })),
  );
});

Deno.test("createThresholdLog() repeats nothing after a reload, and logs what the reload itself moved", async () => {
  using log = catchLog();
  const thresholds = createThresholdLog("main");
  let state = put(
    await stateOf({ label: "a", thresholds: "minimum: 1" }, { label: "b", thresholds: "minimum: 1" }),
    0n,
    0n,
  );
  thresholds(state, 0);
  assert.equal(log.lines.length, 2);
  // Nothing was read yet of a network that was reopened.
  const next = await planOf({ label: "a", thresholds: "minimum: 1" }, {
    label: "b",
    thresholds: "minimum: 1, critical: 0.5",
  });
  thresholds(createState(next, clock), MINUTE);
  state = carryOver(state, next, clock);
  thresholds(state, 2 * MINUTE);
  assert.deepEqual(log.lines.slice(2).map(({ wallet, threshold_level: level }) => [wallet, level]), [[
    "b",
    "critical",
  ]]);
  // A threshold or a wallet that is removed was not crossed.
  thresholds(carryOver(state, await planOf({ label: "a", thresholds: "warning: 9" }), clock), 3 * MINUTE);
  assert.deepEqual(log.lines.slice(3).map(({ msg, threshold_level: level }) => [msg, level]), [
    ["Balance is below a threshold", "warning"],
  ]);
});

Deno.test("createThresholdLog() bounds the lines of a balance that flaps, and then logs what is true", async () => {
  using log = catchLog();
  const thresholds = createThresholdLog("main");
  const state = await stateOf({ label: "a", thresholds: "minimum: 1" }, { label: "b", thresholds: "minimum: 1" });
  for (let minute = 0; minute < 59; minute++) {
    thresholds(put(state, minute % 2 === 0 ? 0n : COIN, COIN), minute * MINUTE);
  }
  assert.equal(log.lines.length, 6);
  // Another wallet is not silenced by it.
  thresholds(put(state, 0n, 0n), 59 * MINUTE);
  assert.deepEqual(log.lines.slice(6).map(({ wallet }) => wallet), ["b"]);
  thresholds(put(state, 0n, 0n), 70 * MINUTE);
  assert.deepEqual(log.lines.slice(7).map(({ wallet, msg }) => [wallet, msg]), [["a", "Balance is below a threshold"]]);
});

Deno.test("createThresholdLog() sums up what many wallets do at once", async () => {
  using log = catchLog();
  const thresholds = createThresholdLog("main");
  const wallets = Array.from({ length: 130 }, (_, index) => ({ label: `w${index}`, thresholds: "minimum: 1" }));
  const state = await stateOf(...wallets);
  thresholds(put(state, ...wallets.map(() => 0n)), 0);
  assert.equal(log.lines.length, 101);
  assert.deepEqual(log.lines.at(-1), {
    level: "warn",
    msg: "More threshold changes than logged",
    network: "main",
    more: 30,
  });
  thresholds(state, MINUTE);
  assert.equal(log.lines.length, 101);
});

Deno.test("createThresholdLog() knows a token from a view of the same contract, after a reload too", async () => {
  const text = (label: string): string =>
    `version: 2
networks:
  - name: main
    endpoints: [http://node]
    tokens: [{ symbol: USDC, address: "${TOKEN}", decimals: 6 }]
    views: [{ name: ALLOWANCE, address: "${TOKEN}", call: "allowance(address,address)", args: [wallet, wallet] }]
    wallets:
      - { address: "${addressOf(1)}", label: a, tokens: { USDC: { minimum: 1 }, ALLOWANCE: { minimum: 1 } } }
      - { address: "${addressOf(2)}", label: ${label} }
`;
  const read = async (label: string): Promise<NetworkPlan> => {
    const config = await readConfig(text(label), "test", { env: () => undefined, file: undefined });
    return makePlan(config).networks[0] ?? assert.fail();
  };
  using log = catchLog();
  const state = createState(await read("b"), clock);
  const known = new Map(state.plan.tokens.map(({ asset }) => [asset.id, 0]));
  state.decimals = known;
  // Of two wallets: the coins, the token, the view.
  put(state, 0n, 0n, 5n, 5n, 0n, 5n);
  const logThresholds = createThresholdLog("main");
  logThresholds(state, 0);
  assert.deepEqual(log.lines.map(({ symbol }) => symbol), ["ALLOWANCE"]);
  const reloaded = carryOver(state, await read("other"), clock);
  reloaded.decimals = known;
  logThresholds(reloaded, MINUTE);
  assert.equal(log.lines.length, 1, "the token was not below");
});
