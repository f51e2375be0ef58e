import assert from "node:assert/strict";
import type { Account, ValueProgram } from "../../../src/assets/asset.ts";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import { confirmProgram } from "../../../src/evm/strategies/confirm_program.ts";
import { type ProgramState, programStateOf } from "../../../src/evm/strategies/program_state.ts";
import type { ChunkResult } from "../../../src/evm/strategies/read_chunks.ts";
import { hang } from "../../fakes/fake_node.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { openProgramWorld, type ProgramWorld } from "../../fakes/program_world.ts";
import { codeAccount, nonceAccount, valueOfCode } from "../../fakes/programs.ts";
import { chunksOf } from "../../fakes/read_values.ts";

const DAY = 24 * 3_600_000;
const HOLDERS = accountsOf(4);
const [A = ""] = HOLDERS;
const CODE = "60016002";
const HEAD = { chainId: 1, block: { number: 100n, time: 1_700_000_000 } } as const;

interface World extends ProgramWorld {
  readonly state: ProgramState;
  /** Confirms what chunks have. */
  confirm(chunks: readonly ChunkResult[]): Promise<boolean>;
  /** Confirms the values of one chunk. */
  values(...values: readonly AmountOrReason[]): Promise<boolean>;
}

function openWorld(program: ValueProgram): World {
  const accounts = accountsFor(program);
  const world = openProgramWorld(HOLDERS);
  const question = world.question(accounts);
  const state = programStateOf(question.endpoint, program);
  const previous = new Map(accounts.map((account) => [account, 6n]));
  const confirm: World["confirm"] = (chunks) =>
    confirmProgram({ ...question, program, state, previous }, { chunks, failure: undefined });
  const values: World["values"] = (...values) => confirm(chunksOf([values], accounts, HEAD));
  return Object.assign(world, { state, confirm, values });
}

function accountsFor(program: ValueProgram): readonly Account[] {
  return HOLDERS.map(program === NONCE_PROGRAM ? nonceAccount : codeAccount);
}

Deno.test("confirmProgram() compares the first value that proves something, once a day and chain", async () => {
  using world = openWorld(NONCE_PROGRAM);
  const { chain, clock, state, asked } = world;
  for (const holder of HOLDERS) chain.nonces.set(holder, 7n);
  for (let polls = 0; polls < 2; polls++) assert.equal(await world.values("missing", 0n, 7n, 7n), true);
  assert.deepEqual(asked, ["getTransactionCount 2 0x64"]);
  assert.deepEqual(state.comparisons.get(NONCE_PROGRAM.name), {
    chainId: 1,
    at: clock.now(),
    isEqual: true,
    ofZeros: false,
  });
  clock.skip(DAY);
  assert.equal(await world.values(0n, 7n), true);
  assert.deepEqual(asked, ["getTransactionCount 2 0x64", "getTransactionCount 1 0x64"]);
  const other = { ...HEAD, chainId: 2 };
  assert.equal(await world.confirm(chunksOf([[7n]], accountsFor(NONCE_PROGRAM), other)), true);
  assert.deepEqual(asked, ["getTransactionCount 2 0x64", "getTransactionCount 1 0x64", "getTransactionCount 0 0x64"]);
});

Deno.test("confirmProgram() takes a value of any chunk whose chain is known", async () => {
  using world = openWorld(NONCE_PROGRAM);
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 7n);
  const accounts = accountsFor(NONCE_PROGRAM);
  const [unknown, failed, zeros, proof] = chunksOf([[7n], ["rpc_error"], [0n], [7n]], accounts, HEAD);
  assert.ok(unknown && failed && zeros && proof);
  const without = [
    { ...unknown, head: undefined },
    { ...unknown, head: { chainId: undefined, block: HEAD.block } },
    failed,
  ];
  assert.equal(await world.confirm(without), false);
  assert.equal(await world.confirm([...without, zeros]), false);
  assert.deepEqual(world.asked, []);
  assert.equal(await world.confirm([...without, zeros, proof]), true);
  assert.deepEqual(world.asked, ["getTransactionCount 3 0x64"]);
});

Deno.test("confirmProgram() uses no values that prove nothing, and does not pause the program for them", async () => {
  using world = openWorld(NONCE_PROGRAM);
  assert.equal(await world.values(0n, 0n), false);
  assert.deepEqual([world.asked, world.state.pausedUntil, world.state.comparisons.size], [[], -Infinity, 0]);
});

Deno.test("confirmProgram() compares values that prove nothing where there is a control, until one proves more", async () => {
  using world = openWorld(CODE_PROGRAM);
  const { chain, state, asked } = world;
  for (let polls = 0; polls < 2; polls++) assert.equal(await world.values("missing", 0n, 0n), true);
  assert.deepEqual(asked, ["getCode 1 0x64"]);
  assert.equal(state.comparisons.get(CODE_PROGRAM.name)?.ofZeros, true);
  chain.codes.set(A, CODE);
  for (let polls = 0; polls < 2; polls++) assert.equal(await world.values(valueOfCode(CODE), 0n), true);
  assert.deepEqual(asked, ["getCode 1 0x64", "getCode 0 0x64"]);
  assert.equal(state.comparisons.get(CODE_PROGRAM.name)?.ofZeros, false);
  assert.equal(await world.values(0n, 0n), true);
  assert.equal(asked.length, 2);
});

Deno.test("confirmProgram() disables a program whose value differs, also when it runs again", async () => {
  using log = catchLog();
  using world = openWorld(NONCE_PROGRAM);
  const { chain, state, asked } = world;
  chain.nonces.set(A, 7n);
  chain.nonceSeen = () => 8n;
  assert.equal(await world.values(8n), false);
  const program = "nonce 1";
  assert.deepEqual(asked, [
    "getTransactionCount 0 0x64",
    "getTransactionCount 0 latest",
    program,
    "getTransactionCount 0 latest",
    "chainId -1 undefined",
  ]);
  assert.equal(state.comparisons.get(NONCE_PROGRAM.name)?.isEqual, false);
  assert.equal(log.lines.find(({ level }) => level === "warn")?.strategy, NONCE_PROGRAM.name);
});

Deno.test("confirmProgram() trusts a program whose value changed meanwhile, and is the method's when it runs again", async () => {
  using world = openWorld(NONCE_PROGRAM);
  world.chain.nonces.set(A, 7n);
  // The previous value, from which the nonce is looked for, is 6.
  assert.equal(await world.values(6n), true);
  assert.deepEqual(world.asked, ["getTransactionCount 0 0x64", "getTransactionCount 0 latest", "nonce 1"]);
});

Deno.test("confirmProgram() does not trust a word that is explained by no value", async () => {
  using world = openWorld(NONCE_PROGRAM);
  world.chain.nonces.set(A, 7n);
  world.chain.nonceSeen = () => undefined;
  assert.equal(await world.values(6n), false);
  assert.equal(world.state.comparisons.size, 0);
  assert.ok(world.state.pausedUntil > world.clock.now());
});

Deno.test("confirmProgram() counts a method that fails against the program", async () => {
  using world = openWorld(NONCE_PROGRAM);
  const { chain, clock, state } = world;
  chain.check = () => assert.fail("the program is not run");
  chain.block = 99n;
  chain.nonces.set(A, 7n);
  // Block 100 does not exist yet, and the program is not answered either.
  assert.equal(await world.values(8n), false);
  assert.deepEqual([state.pausedUntil, state.comparisons.size], [clock.now() + 3_600_000, 0]);
});

Deno.test("confirmProgram() takes half of the time that is left", async () => {
  using world = openWorld(NONCE_PROGRAM);
  const { clock, limits } = world;
  world.instead = hang;
  const before = limits.deadline.remaining();
  const confirmed = world.confirm(chunksOf([[7n]], accountsFor(NONCE_PROGRAM), HEAD));
  let isOver = false;
  confirmed.then(() => isOver = true);
  await clock.advance(before / 2 - 1);
  assert.equal(isOver, false);
  await clock.advance(1);
  assert.equal(await confirmed, false);
  assert.equal(limits.deadline.signal.aborted, false);
});

Deno.test("confirmProgram() hides no bug", async () => {
  using world = openWorld(NONCE_PROGRAM);
  const [account] = accountsFor(NONCE_PROGRAM);
  assert.ok(account);
  const broken = {
    ...account,
    asset: {
      ...account.asset,
      requestType: "method" as const,
      kind: "broken",
      request: () => {
        throw new TypeError("a bug");
      },
    },
  };
  await assert.rejects(world.confirm(chunksOf([[7n]], [broken], HEAD)), { message: "a bug" });
});
