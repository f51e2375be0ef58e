import assert from "node:assert/strict";
import { startAnvil } from "../../../dev/anvil.ts";
import type { ValueProgram } from "../../../src/assets/asset.ts";
import { CODE_PROGRAM, codeHash, EMPTY_CODE_HASH } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { overrideDigestCall } from "../../../src/evm/strategies/override_digest.ts";
import { programCall } from "../../../src/evm/strategies/program_call.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { valueOfCode } from "../../fakes/programs.ts";

/** Not those of precompiled contracts. */
const HOLDERS = accountsOf(60).map((holder) => holder.replace("0x0000", "0xabab"));
const ACCOUNTS = toAccounts(HOLDERS);
const DELEGATION = `ef0100${"ca11".repeat(10)}`;

Deno.test("programs and the digest are understood by a real node", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  const nonces = HOLDERS.map((_, index) => [0n, 127n, 128n, 2n ** 40n][index % 4] ?? 0n);
  const codes = HOLDERS.map((_, index) => index === 4 ? DELEGATION : index === 59 ? "6001" : "");
  const balances = HOLDERS.map((_, index) => index === 5 ? 7n : 0n);
  for (const [index, holder] of HOLDERS.entries()) {
    await anvil.rpc("anvil_setNonce", [holder, `0x${nonces[index]?.toString(16)}`]);
    await anvil.rpc("anvil_setCode", [holder, `0x${codes[index]}`]);
    await anvil.setBalance(holder, balances[index] ?? 0n);
  }
  await anvil.rpc("evm_mine");

  async function run<T>(call: { method: string; params: string; decode: (result: unknown) => T }): Promise<T> {
    return call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
  }
  const wordsOf = async (program: ValueProgram): Promise<readonly bigint[]> => {
    const { chainId, block, words } = await run(programCall(program, ACCOUNTS, "latest"));
    assert.deepEqual([chainId, block.number], [77, 1n]);
    return words;
  };
  const answers = (await wordsOf(NONCE_PROGRAM)).map((word, index) => ({
    word,
    holder: HOLDERS[index] ?? "",
    previous: (nonces[index] ?? 0n) - (index % 4 === 0 ? 0n : 3n),
  }));
  // Code in place of their own is what accounts with code run, too.
  assert.deepEqual(NONCE_PROGRAM.valuesOf(answers), nonces);
  const hashes = await wordsOf(CODE_PROGRAM);
  assert.deepEqual(
    hashes.map((hash) => hash === EMPTY_CODE_HASH ? 0n : hash),
    codes.map((code) => code === "" ? 0n : codeHash(code)),
  );
  for (const watched of [1, 5, 60]) {
    const answer = await run(overrideDigestCall(ACCOUNTS, watched, "latest"));
    assert.deepEqual([answer.chainId, answer.block.number, answer.balances], [77, 1n, balances]);
    const known = codes.slice(0, watched).map((code) => valueOfCode(code) & ~3n);
    assert.ok(answer.areCodes(known));
    assert.ok(!answer.areCodes(known.with(-1, 8n)));
  }
});

Deno.test("programs end their answers before the gas does", async () => {
  await using anvil = await startAnvil();
  await anvil.rpc("evm_mine");
  for (const [program, maxGas, most] of [[NONCE_PROGRAM, 800_000, 25], [CODE_PROGRAM, 130_000, 45]] as const) {
    const call = programCall(program, ACCOUNTS, "latest", maxGas);
    const { words } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
    assert.ok(words.length > 5 && words.length < most, `${words.length}`);
  }
});
