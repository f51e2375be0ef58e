import assert from "node:assert/strict";
import { tokenKey, tokenPlan } from "../fakes/accounts.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { startRelay } from "./relay.ts";
import { startWatching, startWorld, type WatchingOptions, type World } from "./rig.ts";
import { installTokens, setTokens, TOKENS } from "./token_contracts.ts";

const [HOLDER = ""] = accountsOf(1);

function planOf(symbol: keyof typeof TOKENS, decimals?: number): NonNullable<WatchingOptions["plan"]> {
  const token = { symbol, address: TOKENS[symbol], decimals };
  return { tokens: [token], accounts: [HOLDER, tokenKey(token.address, HOLDER)] };
}

async function startTokens(): Promise<World> {
  const world = await startWorld({ wallets: 1 });
  await installTokens(world.anvil);
  await setTokens(world.anvil, TOKENS.good, HOLDER, 5_000_000n);
  await setTokens(world.anvil, TOKENS.unsaid, HOLDER, 5n);
  await world.anvil.rpc("evm_mine");
  return world;
}

Deno.test("decimals that a contract did not return are requested again, and used once it returns them", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  await world.anvil.rpc("anvil_setCode", [TOKENS.good, "0x"]);
  using watching = startWatching([world.anvil.url], { timeout: 5000, plan: planOf("good", 18) });
  await watching.cycle();
  assert.deepEqual(watching.accounts.map(({ failure }) => failure), [undefined, "reverted"]);
  await installTokens(world.anvil);
  await world.anvil.rpc("evm_mine");
  for (let cycle = 0; cycle < 2; cycle++) {
    await watching.cycle();
    assert.deepEqual(watching.accounts.map(({ failure }) => failure), [undefined, "integrity"]);
    assert.deepEqual([...watching.state.decimals], []);
  }
});

Deno.test("configured decimals are used while the contract returns none, and end with the configuration", async () => {
  await using world = await startTokens();
  using watching = startWatching([world.anvil.url], { timeout: 5000, plan: planOf("unsaid", 8) });
  await watching.cycle();
  assert.deepEqual([...watching.state.decimals], [[TOKENS.unsaid, 8]]);
  assert.equal(watching.network.decimals.size, 0, "the node returned decimals");
  const { plan } = watching.state;
  const changed = { ...plan, tokens: [tokenPlan({ symbol: "unsaid", address: TOKENS.unsaid, decimals: 2 })] };
  assert.deepEqual([...carryOver(watching.state, changed, watching.clock).decimals], []);
  assert.deepEqual([...carryOver(watching.state, plan, watching.clock).decimals], [[TOKENS.unsaid, 8]]);
});

Deno.test("known decimals stay known while the node fails, as readings do", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  await using front = startRelay(world.anvil.url);
  using watching = startWatching([front.url], { timeout: 5000, plan: planOf("good") });
  await watching.cycle();
  watching.network.decimals = new Map();
  front.refuse = () => ({ code: -32603, message: "Internal error" });
  await watching.cycle();
  assert.deepEqual([...watching.state.decimals], [[TOKENS.good, 6]]);
  assert.equal(watching.accounts[1]?.reading?.amount, 5_000_000n);
});
