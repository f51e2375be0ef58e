import { setState } from "../fakes/watched.ts";
import assert from "node:assert/strict";
import { readConfig } from "../../src/config/read_config.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import { createSnapshotter } from "../../src/metrics/model/snapshot.ts";
import { TOKEN_FAMILIES } from "../../src/metrics/families/wallet_families.ts";
import { createStateStore, type NetworkState } from "../../src/poller/state.ts";
import { status, textOf, WALLET_FAMILIES } from "../fakes/page_text.ts";
import { addressOf, IDENTITY } from "../fakes/watched.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";

const USDC = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const DAI = "0x6B175474E89094C44Da98b954EedeAC495271d0F";
const CONFIG = `version: 2
networks:
  - name: main
    endpoints: [http://node]
    decimals: 8
    tokens:
      - { symbol: USDC, address: "${USDC}" }
      - { symbol: DAI, address: "${DAI}", wallets: named }
    wallets:
      - { address: "${
  addressOf(1)
}", label: a, thresholds: { minimum: 2 }, tokens: { USDC: { minimum: "0.1", target: 7, maximum: 90 } } }
      - { address: "${addressOf(2)}", label: b, labels: { team: x, zone: y }, tokens: { DAI: {} } }
`;

async function store(): Promise<{ readonly state: NetworkState; page(staleAfter?: number): string }> {
  const clock = createFakeClock();
  const plan = makePlan(await readConfig(CONFIG, "test", { env: () => undefined, file: undefined }));
  const made = createStateStore(plan, clock);
  const [state] = made.networks;
  assert.ok(state !== undefined);
  return {
    state,
    page(staleAfter = 0): string {
      const snapshot = createSnapshotter({
        store: made,
        clock,
        identity: IDENTITY,
        status,
        staleAfter: () => staleAfter,
      })();
      return textOf([...WALLET_FAMILIES, ...TOKEN_FAMILIES], snapshot);
    },
  };
}

function put(state: NetworkState, index: number, wei: bigint | undefined, spent = 0n, received = 0n): void {
  setState(state, index, {
    reading: wei === undefined
      ? undefined
      : { amount: wei, block: { number: 1n, time: 1 }, at: 1_700_000_000, readAt: 0 },
    failure: wei === undefined ? "reverted" : undefined,
    attempted: true,
    spent,
    received,
  });
}

const tokenLines = (page: string): readonly string[] =>
  page.split("\n").filter((line) => line.startsWith("wallet_token"));

Deno.test("TOKEN_FAMILIES show balances in whole tokens, thresholds and successes", async () => {
  const { state, page } = await store();
  assert.deepEqual(state.plan.accounts.map(({ key }) => key), [
    addressOf(1),
    addressOf(2),
    `${USDC}/${addressOf(1)}`,
    `${USDC}/${addressOf(2)}`,
    `${DAI}/${addressOf(2)}`,
  ]);
  const a = `address="${addressOf(1)}",label="a"`;
  const b = `address="${addressOf(2)}",label="b"`;
  const own = `namespace="ns",network="main",release="rel"`;
  const ofA = `${own},symbol="USDC",team="",token="${USDC}",zone=""`;
  assert.deepEqual(tokenLines(page()), [
    `wallet_token_balance_threshold{${a},level="minimum",${ofA}} 0.1`,
    `wallet_token_balance_threshold{${a},level="target",${ofA}} 7`,
    `wallet_token_balance_threshold{${a},level="maximum",${ofA}} 90`,
  ]);
  put(state, 2, 99_999n, 1_500_001n, 7n);
  put(state, 3, 5_000_000n);
  put(state, 4, undefined);
  state.decimals = new Map([[USDC, 6]]);
  const ofB = (symbol: string, token: string): string =>
    `${b},${own},symbol="${symbol}",team="x",token="${token}",zone="y"`;
  assert.deepEqual(tokenLines(page()), [
    `wallet_token_balance{${a},${ofA}} 0.099999`,
    `wallet_token_balance{${ofB("USDC", USDC)}} 5`,
    `wallet_token_balance_below_minimum{${a},${ofA}} 1`,
    `wallet_token_balance_threshold{${a},level="minimum",${ofA}} 0.1`,
    `wallet_token_balance_threshold{${a},level="target",${ofA}} 7`,
    `wallet_token_balance_threshold{${a},level="maximum",${ofA}} 90`,
    `wallet_token_balance_check_success{${a},${ofA}} 1`,
    `wallet_token_balance_check_success{${ofB("USDC", USDC)}} 1`,
    `wallet_token_balance_check_success{${ofB("DAI", DAI)}} 0`,
    `wallet_token_balance_check_timestamp_seconds{${a},${ofA}} 1700000000`,
    `wallet_token_balance_check_timestamp_seconds{${ofB("USDC", USDC)}} 1700000000`,
    `wallet_token_balance_spent_total{${a},${ofA}} 1.500001`,
    `wallet_token_balance_spent_total{${ofB("USDC", USDC)}} 0`,
    `wallet_token_balance_received_total{${a},${ofA}} 0.000007`,
    `wallet_token_balance_received_total{${ofB("USDC", USDC)}} 0`,
  ]);
});

Deno.test("TOKEN_FAMILIES compare exactly, and show no balance while the decimals are unknown", async () => {
  const { state, page } = await store();
  put(state, 2, 100_000n);
  assert.ok(
    tokenLines(page()).every((line) =>
      !/^wallet_token_balance(_below_minimum|_spent_total|_received_total)?\{/.test(line)
    ),
  );
  state.decimals = new Map([[USDC, 6]]);
  assert.match(page(), /^wallet_token_balance_below_minimum\{.*\} 0$/m);
  put(state, 2, 99_999n);
  assert.match(page(), /^wallet_token_balance_below_minimum\{.*\} 1$/m);
});

Deno.test("WALLET_FAMILIES scale balances and thresholds by the native currency's decimals", async () => {
  const { state, page } = await store();
  put(state, 0, 199_999_999n);
  const text = page();
  assert.match(text, /^wallet_balance_eth\{.*label="a".*\} 1\.99999999$/m);
  assert.match(text, /^wallet_balance_wei\{.*label="a".*\} 199999999$/m);
  assert.match(text, /^wallet_balance_below_minimum\{.*label="a",min_balance_eth="2".*\} 1$/m);
  put(state, 0, 200_000_000n);
  assert.match(page(), /^wallet_balance_below_minimum\{.*label="a",min_balance_eth="2".*\} 0$/m);
});

Deno.test("WALLET_FAMILIES and TOKEN_FAMILIES have their declared labels and those of the configuration", async () => {
  const { state, page } = await store();
  for (const index of state.plan.accounts.keys()) put(state, index, 5n);
  state.decimals = new Map(state.plan.tokens.map(({ address }) => [address, 6]));
  const text = page();
  for (const { name, labels } of [...WALLET_FAMILIES, ...TOKEN_FAMILIES]) {
    const [, shown = ""] = new RegExp(`^${name}\\{(.*)\\} `, "m").exec(text) ?? [];
    if (shown === "") continue;
    const names = [...shown.matchAll(/(?:^|,)(\w+)="/g)].map(([, label]) => label);
    const expected = [...labels, "namespace", "release", ...labels.includes("address") ? ["team", "zone"] : []];
    assert.deepEqual(names, expected.toSorted(), name);
  }
  assert.match(text, /^wallet_token_balance_threshold\{/m);
});
