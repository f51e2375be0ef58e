import assert from "node:assert/strict";
import { nativeAccount } from "../../../src/assets/native.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { startLocalNodes } from "../../fakes/fake_node.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { answerOnChain, createProgramChain } from "../../fakes/program_node.ts";
import { codeAccount, nonceAccount, pollAccounts, valueOfCode } from "../../fakes/programs.ts";

const HOLDERS = accountsOf(3);
const [A = "", B = ""] = HOLDERS;
const DELEGATION = `ef0100${"ca11".repeat(10)}`;

Deno.test("a quorum agrees on nonces and codes that programs read", async () => {
  const chain = createProgramChain();
  for (const [index, holder] of HOLDERS.entries()) {
    chain.balances.set(holder, 5n);
    chain.nonces.set(holder, BigInt(index) + 7n);
  }
  using nodes = startLocalNodes([1, 2].map(() => ({ answer: (item) => answerOnChain(item, chain) })));
  const plan = { quorum: 2, chainId: 1 };
  using pool = openPool(nodes.urls, { accounts: HOLDERS, clock: createFakeClock(), plan });
  const accounts = [...HOLDERS.map(nativeAccount), ...HOLDERS.map(nonceAccount), ...HOLDERS.map(codeAccount)];
  const poll = async (): Promise<Readonly<Record<string, number>>> => {
    chain.block++;
    chain.time++;
    const { amounts, calls } = await pollAccounts(pool, accounts);
    assert.deepEqual(amounts, [
      ...HOLDERS.map(() => 5n),
      ...HOLDERS.map((holder) => chain.nonces.get(holder)),
      ...HOLDERS.map((holder) => valueOfCode(chain.codes.get(holder) ?? "")),
    ]);
    return calls;
  };
  await poll();
  chain.nonces.set(A, 9n);
  const { eth_call } = await poll();
  assert.equal(eth_call, 4);
  chain.codes.set(B, DELEGATION);
  await poll();
  assert.equal((await poll())["eth_call"], 4);
  // One of them has another nonce than the other.
  let asked = 0;
  chain.nonceSeen = (nonce, holder) => holder === A && asked++ % 2 === 0 ? nonce + 1n : nonce;
  chain.block++;
  chain.time++;
  const { amounts } = await pollAccounts(pool, accounts);
  assert.deepEqual(amounts.slice(3, 6), ["integrity", 8n, 9n]);
});
