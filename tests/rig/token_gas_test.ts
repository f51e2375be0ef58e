import assert from "node:assert/strict";
import { tokenKey } from "../fakes/accounts.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { startFaultServer } from "./fault_server.ts";
import { forceWay, WAYS } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startRelay } from "./relay.ts";
import { startWatching, startWorld, type WatchingOptions } from "./rig.ts";
import { installTokens, TOKENS } from "./token_contracts.ts";

const HOLDERS = accountsOf(3);
const HOUR = 3_600_000;

function planOf(tokens: readonly (keyof typeof TOKENS)[]): NonNullable<WatchingOptions["plan"]> {
  return {
    chainId: 31337,
    tokens: tokens.map((symbol) => ({ symbol, address: TOKENS[symbol], decimals: 18 })),
    accounts: [
      ...HOLDERS,
      ...tokens.flatMap((symbol) => HOLDERS.map((holder) => tokenKey(TOKENS[symbol], holder))),
    ],
  };
}

for (const way of WAYS) {
  Deno.test(`L7: a token that needs more gas is read without a gas limit, ${way}`, async () => {
    await using world = await startWorld();
    await installTokens(world.anvil);
    await installMulticall(world);
    using watching = startWatching([world.anvil.url], { timeout: 5000, plan: planOf(["heavy", "reverting"]) });
    forceWay(watching, way);
    for (let cycle = 0; cycle < 3; cycle++) {
      await watching.cycle();
      const amounts = watching.accounts.map(({ failure, reading }) => failure ?? reading?.amount);
      assert.deepEqual(amounts.slice(3, 6), [10n ** 18n, 10n ** 18n, 10n ** 18n], `cycle ${cycle}`);
      assert.deepEqual(amounts.slice(6), ["reverted", "reverted", "reverted"]);
    }
  });
}

Deno.test("L7: a token that fails with any gas is read without a gas limit once an hour", async () => {
  await using world = await startWorld();
  await installTokens(world.anvil);
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { timeout: 5000, plan: planOf(["reverting"]) });
  const tries = async (cycles: number): Promise<number> => {
    server.seen.length = 0;
    for (let cycle = 0; cycle < cycles; cycle++) await watching.cycle();
    const isUnbounded = (params: readonly unknown[]): boolean =>
      JSON.stringify(params).includes("70a08231") && !JSON.stringify(params).includes('"gas"');
    return server.seen.flatMap(({ items }) => items).filter(({ params }) => isUnbounded(params)).length;
  };
  assert.equal(await tries(10), 1);
  watching.clock.skip(HOUR);
  assert.equal(await tries(10), 1);
});

Deno.test("L11: a large call for tokens refused in unknown words is tried with half of its gas", async () => {
  const wallets = accountsOf(100);
  await using world = await startWorld({ wallets: wallets.length });
  await installTokens(world.anvil);
  const error = { code: -32603, message: "execution fatal: Module(ModuleError { index: 51 })" };
  await using front = startRelay(world.anvil.url, (body) => {
    const gas = Number(/"gas":"(0x[0-9a-f]+)"/.exec(body)?.[1] ?? 0);
    return gas > 15_000_000 ? error : undefined;
  });
  const accounts = [...wallets, ...wallets.map((holder) => tokenKey(TOKENS.good, holder))];
  const tokens = [{ symbol: "good", address: TOKENS.good, decimals: 6 }];
  using watching = startWatching([front.url], { timeout: 5000, plan: { chainId: 31337, tokens, accounts } });
  for (let cycle = 0; cycle < 2; cycle++) {
    front.seen.length = 0;
    await watching.cycle();
    assert.ok(watching.accounts.every(({ failure, reading }) => failure === undefined && reading !== undefined));
  }
  assert.ok(front.seen.every((body) => !body.startsWith("[")), "none is read in batches");
});
