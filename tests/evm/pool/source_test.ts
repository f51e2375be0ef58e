import assert from "node:assert/strict";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { EVM, EvmSource } from "../../../src/evm/pool/source.ts";
import { programStateOf } from "../../../src/evm/strategies/program_state.ts";
import { codeAccount, nonceAccount } from "../../fakes/programs.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { openLocalPool } from "../../fakes/local_pool.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const [WALLET = ""] = accountsOf(1);
const TOKEN = `0x${"aa".repeat(20)}`;

function broken(): never {
  throw new TypeError("x is not a function");
}

Deno.test("EvmSource probes the endpoints that the last poll did not read", async () => {
  using local = openLocalPool(2);
  const { network, limits } = local.pool;
  const source = new EvmSource(network);
  assert.equal((await local.finish(source.poll(network.plan.accounts, limits))).endpoint, "127.0.0.1:9001");
  const { length } = local.requests;
  assert.equal(local.order(), "a");
  await local.finish(source.probeStandbys(limits));
  assert.deepEqual(new Set(local.requests.slice(length).map(({ name }) => name)), new Set(["b"]));
  assert.deepEqual(source.endpoints.map(({ name, state }) => [name, state]), [
    ["127.0.0.1:9001", "ok"],
    ["127.0.0.1:9002", "ok"],
  ]);
  assert.equal(source.minPollSeconds, 0);
});

Deno.test("EvmSource reports a fault of ours as internal, for every account that exists on the chain", async () => {
  const accounts = [WALLET, tokenKey(TOKEN, WALLET)];
  using local = openLocalPool(1, { accounts, plan: { chainId: 4217 } });
  const { network, limits } = local.pool;
  const source = new EvmSource(network);
  Object.assign(local.endpoint("a").endpoint, { renew: broken });
  const { outcomes, failure, endpoints, decimals, endpoint, disagreements } = await source.poll(
    network.plan.accounts,
    limits,
  );
  assert.deepEqual([...outcomes], [[toAccounts(accounts)[1], "internal"]]);
  assert.equal(failure?.reason, "internal");
  assert.match(failure?.message ?? "", /^unexpected error, please report it: TypeError: x is not a function/);
  assert.deepEqual([endpoints.length, decimals, endpoint, disagreements], [1, network.decimals, undefined, 0]);
  assert.equal(local.pool.count("internal"), 1);
});

Deno.test("EvmSource logs a fault of ours while standbys are probed", async () => {
  using local = openLocalPool(2);
  const { network, limits } = local.pool;
  Object.defineProperty(local.endpoint("b").endpoint, "pacer", { get: broken });
  using log = catchLog();
  await new EvmSource(network).probeStandbys(limits);
  const [line] = log.lines;
  assert.deepEqual([line?.level, line?.msg, line?.["network"]], ["error", "Unexpected error, please report it", "n"]);
  assert.match(String(line?.["error"]), /x is not a function/);
});

Deno.test("EVM opens a network with the endpoints of the one before", () => {
  using local = openLocalPool(1);
  const { network } = local.pool;
  const meter = { recordRequest: () => {}, recordError: () => {} };
  const options = { clock: local.clock, interval: 1000, meterOf: () => meter };
  using source = EVM.open(network.plan, { ...options, before: new EvmSource(network) });
  assert.ok(source instanceof EvmSource);
  assert.equal(source.network.endpoints[0], network.endpoints[0]);
  using first = EVM.open(network.plan, options);
  assert.ok(first instanceof EvmSource && first.network.endpoints[0] !== network.endpoints[0]);
  assert.equal(EVM.reads(network.plan), true);
});

Deno.test("EvmSource says what is free: values that the endpoint in use reads by programs, all of them with a quorum", async () => {
  for (const quorum of [1, 2]) {
    for (const [trusted, isFree] of [[[], false], [[0], quorum === 1], [[1], false], [[0, 1], true]] as const) {
      using local = openLocalPool(2, { accounts: [WALLET], plan: { quorum } });
      const { network, limits } = local.pool;
      for (const [index, { selector, endpoint }] of network.endpoints.entries()) {
        Object.assign(selector, { strategy: "packed", proven: true });
        const { comparisons } = programStateOf(endpoint, CODE_PROGRAM);
        const isEqual = trusted.some((each) => each === index);
        if (isEqual) comparisons.set(CODE_PROGRAM.name, { chainId: 1, at: local.clock.now(), isEqual });
      }
      const source = new EvmSource(network);
      if (quorum === 1) {
        assert.equal(source.isFree(codeAccount(WALLET)), false, "nothing was read");
        await local.finish(source.poll(network.plan.accounts, limits));
        for (const { selector } of network.endpoints) selector.strategy = "packed";
      }
      // The nonce needs the previous value.
      assert.deepEqual([codeAccount, nonceAccount].map((of) => source.isFree(of(WALLET))), [isFree, false]);
    }
  }
});

Deno.test("EvmSource reports a fault of ours while the past is read", async () => {
  using local = openLocalPool(1, { plan: { chainId: 1 } });
  const { network, limits } = local.pool;
  Object.defineProperty(network, "newest", { get: broken });
  const past = { accounts: [], ages: [3600], limits, onPast: broken };
  const { failure, endpoint } = await new EvmSource(network).readPast(past);
  assert.deepEqual([failure?.reason, endpoint], ["internal", undefined]);
  assert.match(failure?.message ?? "", /^unexpected error, please report it: TypeError: x is not a function/);
  assert.deepEqual(local.pool.faults, ["internal"]);
  Object.assign(network, { endpoints: [] });
  assert.equal((await new EvmSource(network).readPast(past)).failure?.reason, "internal");
});
