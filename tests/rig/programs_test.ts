import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { nativeAccount } from "../../src/assets/native.ts";
import { createRunningClock } from "../fakes/fake_clock.ts";
import type { Item } from "../fakes/fake_node.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { type NodeProxy, startNodeProxy } from "../fakes/node_proxy.ts";
import { accountsOf, openPool } from "../fakes/open_pool.ts";
import { codeAccount, nonceAccount, pollAccounts, valueOfCode } from "../fakes/programs.ts";

const DAY = 86_400_000;
const COIN = 10n ** 18n;
const DELEGATION = `ef0100${"ca11".repeat(10)}`;
/** Not those of precompiled contracts. */
const HOLDERS = accountsOf(12).map((holder) => holder.replace("0x0000", "0xabab"));

interface CallParams {
  readonly call: Readonly<Record<string, string>>;
  readonly at: unknown;
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** Changes a call with a state override, other than that for balances alone; the address of its program is given. */
function onPrograms(
  change: (params: CallParams, program: string) => Partial<CallParams>,
): (item: Item) => Item {
  return (item) => {
    const [call, at, overrides] = item.params as [CallParams["call"], unknown, CallParams["overrides"]];
    if (item.method !== "eth_call" || overrides === undefined) return item;
    const program = new TextDecoder().decode(Uint8Array.fromHex(call["to"]?.slice(2) ?? ""));
    if (program === "wallet-balance-loop!") return item;
    const changed = { call, at, overrides, ...change({ call, at, overrides }, program) };
    return { ...item, params: [changed.call, changed.at, changed.overrides] };
  };
}

/** Changes the code of every override that has this code in it. */
function replaceCode(from: string, to: string): (item: Item) => Item {
  return onPrograms(({ overrides = {} }) => ({
    overrides: Object.fromEntries(
      Object.entries(overrides).map(([address, { code = "" }]) => [address, { code: code.replaceAll(from, to) }]),
    ),
  }));
}

type Fault = Partial<Pick<NodeProxy, "change" | "changeResult">>;

/** Faults of a node that runs balances alone right; each call makes one that remembers nothing. */
const FAULTS: Readonly<Record<string, () => Fault>> = {
  "N1: programs are refused": () => ({
    change: onPrograms(() => {
      throw new Error("execution error");
    }),
  }),
  "N2: no account can create a contract": () => ({ change: replaceCode("600060006000f060005260206000f3", "00") }),
  "N2: creating a contract fails": () => ({ change: replaceCode("600060006000f060005260206000f3", "fe") }),
  "N3: calls have little gas, without a word": () => ({
    change: onPrograms(({ call }, program) =>
      program === "wallet-balance-nonce" ? { call: { ...call, gas: "0x4c4b4" } } : {}
    ),
  }),
  "N3: calls have no gas, without a word": () => ({
    change: onPrograms(({ call }) => ({ call: { ...call, gas: "0x9c40" } })),
  }),
  "N4: an override makes a new account, with a nonce of 0": () => ({
    change: onPrograms(({ overrides = {} }) => ({
      overrides: Object.fromEntries(
        Object.entries(overrides).map(([address, { code = "" }]) => [address, { code, nonce: "0x0" }]),
      ),
    })),
  }),
  // BALANCE in place of EXTCODEHASH.
  "N5: the hash of code is something else": () => ({ change: replaceCode("1c803f", "1c8031") }),
  "N5: the hash of code is something else for its program": () => ({ change: replaceCode("60601c3f", "60601c31") }),
  "N6: a cached answer comes again": () => {
    const cached = new Map<number, unknown>();
    return {
      changeResult: (result, { method, params }) => {
        if (method !== "eth_call" || !JSON.stringify(params).includes("6e6f6e6365")) return result;
        const size = JSON.stringify(params).length;
        cached.set(size, cached.get(size) ?? result);
        return cached.get(size);
      },
    };
  },
  "N6: an answer is cut": () => ({
    changeResult: (result, { method, params }) =>
      method === "eth_call" && JSON.stringify(params).length > 3000 ? String(result).slice(0, -64) : result,
  }),
};

/** Makes a block in which every wallet sent something and one got other code, and returns what is true then. */
async function move(anvil: Anvil, step: number): Promise<readonly bigint[]> {
  const codes = HOLDERS.map((_, index) => index === 1 || index === 2 + step ? DELEGATION : "");
  await Promise.all(HOLDERS.flatMap((holder, index) => [
    anvil.rpc("anvil_setBalance", [holder, `0x${(COIN * BigInt(index + step)).toString(16)}`]),
    anvil.rpc("anvil_setCode", [holder, `0x${codes[index]}`]),
    anvil.rpc("anvil_setNonce", [holder, `0x${(100 * index + step).toString(16)}`]),
  ]));
  await anvil.rpc("evm_mine");
  return [
    ...HOLDERS.map((_, index) => COIN * BigInt(index + step)),
    ...HOLDERS.map((_, index) => BigInt(100 * index + step)),
    ...codes.map(valueOfCode),
  ];
}

for (const [title, makeFault] of Object.entries(FAULTS)) {
  for (const isAtFirst of [true, false]) {
    Deno.test(`${title}, ${isAtFirst ? "from the first request on" : "after good readings"}`, async () => {
      using _log = catchLog();
      await using anvil = await startAnvil();
      await using proxy = startNodeProxy(anvil.url);
      const clock = createRunningClock();
      using pool = openPool([proxy.url], { accounts: HOLDERS, clock });
      const accounts = [...HOLDERS.map(nativeAccount), ...HOLDERS.map(nonceAccount), ...HOLDERS.map(codeAccount)];
      const poll = async (step: number): Promise<Readonly<Record<string, number>>> => {
        const truth = await move(anvil, step);
        const { amounts, calls } = await pollAccounts(pool, accounts);
        assert.deepEqual(amounts.slice(0, 12), truth.slice(0, 12), "balances");
        assert.equal(pool.poolEndpoint.selector.strategy, "packed");
        // Every one of them is read in another way.
        assert.deepEqual(amounts.slice(12), truth.slice(12));
        return calls;
      };
      for (let step = 0; !isAtFirst && step < 2; step++) await poll(step);
      Object.assign(proxy, makeFault());
      for (let step = 2; step < 6; step++) await poll(step);
      Object.assign(proxy, { change: (item: Item) => item, changeResult: (result: unknown) => result });
      // What contradicted its method is tried again after a day.
      clock.skip(DAY);
      await poll(6);
      await poll(7);
      // Balances, nonces, hashes, and the code that is new; a size that was learned grows again day by day.
      const { eth_call = 0, eth_getCode, eth_getTransactionCount } = await poll(8);
      assert.deepEqual([eth_getCode, eth_getTransactionCount], [2, undefined]);
      assert.ok(eth_call === 3 || title.startsWith("N3") && eth_call === 4, `${eth_call} calls`);
    });
  }
}
