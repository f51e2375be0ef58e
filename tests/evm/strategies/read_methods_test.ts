import assert from "node:assert/strict";
import { nativeAccount } from "../../../src/assets/native.ts";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { programOf, readMethods } from "../../../src/evm/strategies/read_methods.ts";
import { pendingAccount as pendingOf } from "../../../src/assets/pending.ts";
import { hang } from "../../fakes/fake_node.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { openProgramWorld } from "../../fakes/program_world.ts";
import { codeAccount, nonceAccount } from "../../fakes/programs.ts";
import { chunksOf, valuesOf } from "../../fakes/read_values.ts";

const HOLDERS = accountsOf(4);
const [A = "", B = ""] = HOLDERS;
const PENDING = pendingOf(B, nonceAccount(B));
const HEAD = { chainId: 1, block: { number: 100n, time: 1_700_000_000 } } as const;

Deno.test("programOf() is the program of accounts of a method that has one", () => {
  const programs = [nonceAccount(A), codeAccount(A), PENDING, nativeAccount(A)].map(programOf);
  assert.deepEqual(programs, [NONCE_PROGRAM, CODE_PROGRAM, undefined, undefined]);
});

Deno.test("readMethods() reads by the program of each method, and by batch where there is none", async () => {
  using world = openProgramWorld(HOLDERS);
  const accounts = [nonceAccount(A), codeAccount(A), PENDING, nonceAccount(B)];
  for (const holder of [A, B]) world.chain.nonces.set(holder, 7n);
  const result = await readMethods(world.question(accounts), []);
  assert.deepEqual(valuesOf(result, accounts), [7n, 0n, 7n, 7n]);
  assert.ok(world.asked.includes("nonce 2") && world.asked.includes("codes 2"), `${world.asked}`);
  assert.ok(world.asked.includes("getTransactionCount 1 pending"));
});

Deno.test("readMethods() does not read again what was found, and returns it first", async () => {
  using world = openProgramWorld(HOLDERS);
  const accounts = [codeAccount(A), codeAccount(B)];
  const found = chunksOf([[8n]], accounts, HEAD);
  const result = await readMethods(world.question(accounts), found);
  assert.equal(result.chunks[0], found[0]);
  assert.deepEqual(valuesOf(result, accounts), [8n, 0n]);
  assert.ok(world.asked.includes("codes 2") && !world.asked.includes("codes 3"), "one holder and the control");
});

Deno.test("readMethods() has the first failure of a request, and of an account", async () => {
  using world = openProgramWorld(HOLDERS);
  world.pool.poolEndpoint.selector.strategy = "batch";
  const accounts = [nonceAccount(A), codeAccount(A)];
  const text = { eth_getTransactionCount: "no json", eth_getCode: "[]" };
  world.chain.check = () => {
    throw new Error("execution error");
  };
  for (const failing of ["eth_getTransactionCount", "eth_getCode"] as const) {
    world.instead = ({ items }) =>
      items.some(({ method }) => method === failing) ? new Response(text[failing]) : undefined;
    const { failure, itemFailure } = await readMethods(world.question(accounts), []);
    const reason = failing === "eth_getCode" ? "envelope" : "not_json";
    assert.deepEqual([failure?.reason, itemFailure?.reason], [reason, reason]);
  }
  world.instead = ({ items }) => {
    const item = items.find(({ method }) => method in text);
    return item === undefined ? undefined : new Response(item.method === "eth_getCode" ? "[]" : "no json");
  };
  assert.equal((await readMethods(world.question(accounts), [])).failure?.reason, "not_json");
  world.instead = () => undefined;
  const result = await readMethods(world.question(accounts), []);
  assert.deepEqual([result.failure, result.itemFailure], [undefined, undefined]);
});

Deno.test("readMethods() takes half of the time that is left", async () => {
  using world = openProgramWorld(HOLDERS);
  const { clock, limits: { deadline } } = world;
  world.instead = hang;
  const half = deadline.remaining() / 2;
  let isOver = false;
  const reading = readMethods(world.question([PENDING]), []).then((result) => {
    isOver = true;
    return result;
  });
  await clock.advance(half - 1);
  assert.equal(isOver, false);
  await clock.advance(1);
  assert.deepEqual(valuesOf(await reading, [PENDING]), ["timeout"]);
  assert.equal(deadline.signal.aborted, false);
});
