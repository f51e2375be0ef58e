import assert from "node:assert/strict";
import type { Account, ValueProgram } from "../../../src/assets/asset.ts";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import { confirmProgram } from "../../../src/evm/strategies/confirm_program.ts";
import { type ProgramState, programStateOf } from "../../../src/evm/strategies/program_state.ts";
import type { ChunkResult } from "../../../src/evm/strategies/read_chunks.ts";
import type { Limits } from "../../../src/model/source.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { hang, type Item, startLocalNode } from "../../fakes/fake_node.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { answerOnChain, createProgramChain, type ProgramChain } from "../../fakes/program_node.ts";
import { codeAccount, nonceAccount, valueOfCode } from "../../fakes/programs.ts";
import { chunksOf } from "../../fakes/read_values.ts";

const DAY = 24 * 3_600_000;
const HOLDERS = accountsOf(4);
const [A = ""] = HOLDERS;
const CODE = "60016002";
const HEAD = { chainId: 1, block: { number: 100n, time: 1_700_000_000 } } as const;

interface World extends Disposable {
  readonly chain: ProgramChain;
  readonly clock: FakeClock;
  readonly state: ProgramState;
  readonly limits: Limits;
  /** What the node is asked from now on. */
  readonly asked: string[];
  readonly node: { hangs: boolean };
  /** Confirms what chunks have. */
  confirm(chunks: readonly ChunkResult[]): Promise<boolean>;
  /** Confirms the values of one chunk. */
  values(...values: readonly AmountOrReason[]): Promise<boolean>;
}

function openWorld(program: ValueProgram): World {
  const accounts = accountsFor(program);
  const clock = createFakeClock();
  const chain = createProgramChain();
  const asked: string[] = [];
  const node = { hangs: false };
  const server = startLocalNode({
    instead: (request) => node.hangs ? hang(request) : undefined,
    answer: (item) => {
      asked.push(shown(item));
      return answerOnChain(item, chain);
    },
  });
  const pool = openPool(["http://127.0.0.1:9998/"], { accounts: HOLDERS, clock });
  const { endpoint, selector } = pool.poolEndpoint;
  const state = programStateOf(endpoint, program);
  const { limits: usual } = pool;
  const limits = { ...usual, timeout: 10 * usual.deadline.remaining() };
  const target = { at: "latest", admit: () => {} } as const;
  const previous = new Map(accounts.map((account) => [account, 6n]));
  const confirm: World["confirm"] = (chunks) =>
    confirmProgram({ endpoint, selector, accounts, target, limits, program, state, previous }, {
      chunks,
      failure: undefined,
    });
  return {
    chain,
    clock,
    state,
    limits,
    asked,
    node,
    confirm,
    values: (...values) => confirm(chunksOf([values], accounts, HEAD)),
    [Symbol.dispose](): void {
      pool[Symbol.dispose]();
      server[Symbol.dispose]();
    },
  };
}

function accountsFor(program: ValueProgram): readonly Account[] {
  return HOLDERS.map(program === NONCE_PROGRAM ? nonceAccount : codeAccount);
}

/** The holder whose value is asked for, and the block; of a program its name. */
function shown({ method, params: [first, block] }: Item): string {
  if (first === undefined) return method;
  if (typeof first === "string") return `${HOLDERS.indexOf(first)} ${block}`;
  const { to } = first as { readonly to: string };
  return `${new TextDecoder().decode(Uint8Array.fromHex(to.slice(2)))} ${block}`;
}

Deno.test("confirmProgram() compares the first value that proves something, once a day and chain", async () => {
  using world = openWorld(NONCE_PROGRAM);
  const { chain, clock, state, asked } = world;
  for (const holder of HOLDERS) chain.nonces.set(holder, 7n);
  for (let polls = 0; polls < 2; polls++) assert.equal(await world.values("missing", 0n, 7n, 7n), true);
  assert.deepEqual(asked, ["2 0x64"]);
  assert.deepEqual(state.comparisons.get(NONCE_PROGRAM.name), {
    chainId: 1,
    at: clock.now(),
    isEqual: true,
    ofZeros: false,
  });
  clock.skip(DAY);
  assert.equal(await world.values(0n, 7n), true);
  assert.deepEqual(asked, ["2 0x64", "1 0x64"]);
  const other = { ...HEAD, chainId: 2 };
  assert.equal(await world.confirm(chunksOf([[7n]], accountsFor(NONCE_PROGRAM), other)), true);
  assert.deepEqual(asked, ["2 0x64", "1 0x64", "0 0x64"]);
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
  assert.deepEqual(world.asked, ["3 0x64"]);
});

Deno.test("confirmProgram() uses no values that prove nothing, and does not pause the program for them", async () => {
  using world = openWorld(NONCE_PROGRAM);
  assert.equal(await world.values(0n, 0n), false);
  assert.deepEqual([world.asked, world.state.pausedUntil, world.state.comparisons.size], [[], -Infinity, 0]);
});

Deno.test("confirmProgram() compares values that prove nothing where there is a control, until one proves more", async () => {
  using world = openWorld(CODE_PROGRAM);
  const { chain, state, asked } = world;
  for (let polls = 0; polls < 2; polls++) assert.equal(await world.values("missing", 0n), true);
  assert.deepEqual(asked, ["1 0x64"]);
  assert.equal(state.comparisons.get(CODE_PROGRAM.name)?.ofZeros, true);
  chain.codes.set(A, CODE);
  for (let polls = 0; polls < 2; polls++) assert.equal(await world.values(valueOfCode(CODE), 0n), true);
  assert.deepEqual(asked, ["1 0x64", "0 0x64"]);
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
  const program = "wallet-balance-nonce latest";
  assert.deepEqual(asked, ["0 0x64", "0 latest", program, "0 latest", "eth_chainId"]);
  assert.equal(state.comparisons.get(NONCE_PROGRAM.name)?.isEqual, false);
  assert.equal(log.lines.find(({ level }) => level === "warn")?.strategy, NONCE_PROGRAM.name);
});

Deno.test("confirmProgram() trusts a program whose value changed meanwhile, and is the method's when it runs again", async () => {
  using world = openWorld(NONCE_PROGRAM);
  world.chain.nonces.set(A, 7n);
  // The previous value, from which the nonce is looked for, is 6.
  assert.equal(await world.values(6n), true);
  assert.deepEqual(world.asked, ["0 0x64", "0 latest", "wallet-balance-nonce latest"]);
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
  const { clock, limits, node } = world;
  node.hangs = true;
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
