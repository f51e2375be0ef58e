import assert from "node:assert/strict";
import { createWalletLog } from "../../src/poller/wallet_log.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import type { NetworkState } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { addressOf, COIN, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const MINUTE = 60_000;
const CODES = { none: 0n, contract: 4n + 1n, delegated: 4n + 2n };
const CONFIG = `version: 2
networks:
  - name: main
    endpoints: ["http://node.example"]
    wallets: [{ address: "${addressOf(1)}", label: hot, KEYS }]
`;

/** A wallet, whose readings are recorded, and its log. */
async function watchWallet(keys: string) {
  const clock = createFakeClock();
  const plan = await planOfV2(CONFIG.replace("KEYS", keys));
  const all = watched(plan, { clock });
  const logWallets = createWalletLog("main");
  const caught = catchLog();
  let count = 0;
  async function record(...values: readonly (bigint | "timeout")[]): Promise<void> {
    await clock.advance(MINUTE);
    all.record(0, [COIN, ...values], BigInt(Math.floor(clock.now() / 1000)));
  }
  return {
    clock,
    record,
    state: () => networkAt(all.store, 0),
    /** Records a poll, a minute after the one before, and logs. */
    async poll(...values: readonly (bigint | "timeout")[]): Promise<void> {
      await record(...values);
      logWallets(networkAt(all.store, 0), clock.now());
    },
    log: (state: NetworkState) => logWallets(state, clock.now()),
    /** What was logged since this was last called. */
    lines(): readonly unknown[] {
      const added = caught.lines.slice(count);
      count = caught.lines.length;
      return added.map(({ level, msg, network, wallet, address, expect }) => {
        assert.deepEqual([network, wallet, address], ["main", "hot", addressOf(1)]);
        return [level, msg, ...expect === undefined ? [] : [expect]];
      });
    },
    [Symbol.dispose](): void {
      caught[Symbol.dispose]();
      clock[Symbol.dispose]();
    },
  };
}

const DELEGATED = ["error", "Wallet is delegated to a contract: do not top it up"];

Deno.test("an unexpected delegation is logged once, and its end", async () => {
  using wallet = await watchWallet("code: watch");
  for (const code of [CODES.none, CODES.contract]) await wallet.poll(code);
  assert.deepEqual(wallet.lines(), []);
  for (let i = 0; i < 2; i++) await wallet.poll(CODES.delegated);
  assert.deepEqual(wallet.lines(), [DELEGATED]);
  await wallet.poll("timeout");
  assert.deepEqual(wallet.lines(), [], "unchanged while it is not read");
  await wallet.poll(CODES.none);
  assert.deepEqual(wallet.lines(), [["info", "Wallet is no longer delegated unexpectedly"]]);
});

Deno.test("a delegation that is configured, and a wallet that is not watched, are not logged", async () => {
  using delegated = await watchWallet("code: delegated");
  await delegated.poll(CODES.delegated);
  assert.deepEqual(delegated.lines(), []);
  using plain = await watchWallet("labels: {}");
  await plain.poll();
  assert.deepEqual(plain.lines(), []);
});

Deno.test("a reload repeats no line of a wallet", async () => {
  using wallet = await watchWallet("code: watch");
  await wallet.poll(CODES.delegated);
  assert.deepEqual(wallet.lines(), [DELEGATED]);
  const { networks: [next] } = await planOfV2(CONFIG.replace("KEYS", "code: watch"));
  assert.ok(next !== undefined);
  wallet.log(carryOver(wallet.state(), next, wallet.clock));
  assert.deepEqual(wallet.lines(), []);
});

Deno.test("a wallet that sends nothing for longer than expected is logged, and that it sends again", async () => {
  using wallet = await watchWallet("expect: 2m");
  const silent = ["warn", "Wallet sends nothing", "2m"];
  for (let i = 0; i < 3; i++) await wallet.poll(5n, CODES.none);
  assert.deepEqual(wallet.lines(), []);
  for (let i = 0; i < 2; i++) await wallet.poll(5n, CODES.none);
  assert.deepEqual(wallet.lines(), [silent]);
  await wallet.poll(5n, CODES.contract);
  assert.deepEqual(wallet.lines(), [], "unchanged while its transactions are not known");
  await wallet.poll(6n, CODES.none);
  assert.deepEqual(wallet.lines(), [["info", "Wallet sends again"]]);
});

Deno.test("a wallet on a halted chain is not logged as one that sends nothing", async () => {
  using wallet = await watchWallet("expect: 1m");
  for (let i = 0; i < 2; i++) await wallet.poll(5n, CODES.none);
  await wallet.record(5n, CODES.none);
  const state = wallet.state();
  const { endpoints } = state;
  state.endpoints = [...endpoints, ...endpoints.map((endpoint) => ({ ...endpoint, state: "halted" as const }))];
  wallet.log(state);
  assert.deepEqual(wallet.lines(), []);
  state.endpoints = endpoints;
  wallet.log(state);
  assert.deepEqual(wallet.lines(), [["warn", "Wallet sends nothing", "1m"]]);
});

Deno.test("a wallet whose transactions cannot be read is not logged as one that sends nothing", async () => {
  using wallet = await watchWallet("expect: 1m");
  for (let i = 0; i < 3; i++) await wallet.record(5n, CODES.none);
  await wallet.poll("timeout", CODES.none);
  assert.deepEqual(wallet.lines(), []);
  await wallet.poll(5n, CODES.none);
  assert.deepEqual(wallet.lines(), [["warn", "Wallet sends nothing", "1m"]]);
});

Deno.test("a hundred wallets are logged per poll, then the number of the rest", async () => {
  const many = Array.from({ length: 100 }, (_, i) => `{ address: "${addressOf(i + 2)}", label: hot, code: watch }`);
  const plan = await planOfV2(CONFIG.replace("KEYS }", `code: watch }, ${many.join(", ")}`));
  using clock = createFakeClock();
  const all = watched(plan, { clock });
  const logWallets = createWalletLog("main");
  using caught = catchLog();
  const count = plan.networks[0]?.wallets.length ?? 0;
  all.record(0, [...Array(count).fill(COIN), ...Array(count).fill(CODES.delegated)], 1n);
  for (let i = 0; i < 2; i++) logWallets(networkAt(all.store, 0), clock.now());
  assert.equal(caught.lines.length, 101);
  const { msg, more } = caught.lines.at(-1) ?? {};
  assert.deepEqual([msg, more], ["More changes of wallets than logged", 1]);
});

Deno.test("at most six changes of a wallet are logged per hour, and then what is true", async () => {
  using wallet = await watchWallet("code: watch");
  for (let i = 0; i < 9; i++) await wallet.poll(i % 2 === 0 ? CODES.delegated : CODES.none);
  const over = ["info", "Wallet is no longer delegated unexpectedly"];
  assert.deepEqual(wallet.lines(), [DELEGATED, over, DELEGATED, over, DELEGATED, over]);
  await wallet.clock.advance(60 * MINUTE);
  await wallet.poll(CODES.delegated);
  assert.deepEqual(wallet.lines(), [DELEGATED]);
});
