import assert from "node:assert/strict";
import type { Account, ValueProgram } from "../../../src/assets/asset.ts";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { type ProgramState, programStateOf } from "../../../src/evm/strategies/program_state.ts";
import type { Question } from "../../../src/evm/strategies/question.ts";
import type { ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { readProgram } from "../../../src/evm/strategies/read_program.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { openProgramWorld, type ProgramWorld } from "../../fakes/program_world.ts";
import { codeAccount, nonceAccount, valueOfCode } from "../../fakes/programs.ts";
import { valuesOf } from "../../fakes/read_values.ts";

const HOUR = 3_600_000;
const HOLDERS = accountsOf(4);
const [A = "", B = ""] = HOLDERS;
const NONCES = HOLDERS.map(nonceAccount);
const CODES = HOLDERS.map(codeAccount);
const CONTRACT = "60016002";
const TRUTH = [10n, 11n, 12n, 13n];

interface World extends ProgramWorld {
  readonly state: ProgramState;
  /** Whether the program was compared with the method. */
  trust(): void;
  /** Reads, and returns the values and what was asked: methods by the number of their holder, and programs. */
  read(previous?: readonly (bigint | undefined)[], change?: Partial<Question["target"]>): Promise<Read>;
}

interface Read {
  readonly values: readonly unknown[];
  /** The numbers of the holders that the method was asked for, and how many the program. */
  readonly methods: string;
  readonly programs: readonly number[];
  readonly result: ReadResult;
}

function openWorld(program: ValueProgram = NONCE_PROGRAM): World {
  const accounts = program.needsPrevious ? NONCES : CODES;
  const world = openProgramWorld(HOLDERS);
  const { chain, clock, asked } = world;
  for (const [index, holder] of HOLDERS.entries()) chain.nonces.set(holder, TRUTH[index] ?? 0n);
  const state = programStateOf(world.pool.poolEndpoint.endpoint, program);
  return Object.assign(world, {
    state,
    trust: () => void state.comparisons.set(program.name, { chainId: 1, at: clock.now(), isEqual: true }),
    async read(
      previous: readonly (bigint | undefined)[] = [],
      change: Partial<Question["target"]> = {},
    ): Promise<Read> {
      asked.length = 0;
      const known = new Map(accounts.flatMap((account, index): readonly (readonly [Account, bigint])[] => {
        const value = previous[index];
        return value === undefined ? [] : [[account, value]];
      }));
      const question = world.question(accounts, known);
      const result = await readProgram({ ...question, target: { ...question.target, ...change } }, program);
      const calls = asked.map((each) => each.split(" "));
      return {
        values: valuesOf(result, accounts),
        methods: calls.flatMap(([what, holder = ""]) => /^get(Tr|Co)/.test(what ?? "") ? [holder] : []).join(""),
        programs: calls.flatMap(([what, count]) => what === "nonce" || what === "codes" ? [Number(count)] : []),
        result,
      };
    },
  });
}

function refuse(message = "execution error"): () => never {
  return () => {
    throw new Error(message);
  };
}

Deno.test("readProgram() reads by the method while the program is paused, or differs", async () => {
  using world = openWorld();
  world.trust();
  world.state.pausedUntil = world.clock.now() + 1;
  const paused = await world.read(TRUTH);
  assert.deepEqual([paused.values, paused.methods, paused.programs], [TRUTH, "0123", []]);
  world.clock.skip(1);
  assert.deepEqual((await world.read(TRUTH)).programs, [4]);
  world.state.comparisons.set(NONCE_PROGRAM.name, { chainId: 1, at: world.clock.now(), isEqual: false });
  assert.deepEqual((await world.read(TRUTH)).programs, []);
});

Deno.test("readProgram() renews the size of its calls", async () => {
  using world = openWorld();
  world.trust();
  Object.assign(world.state.size, { size: 2, confirmed: 2, refusedAt: world.clock.now(), ttlMs: HOUR });
  assert.deepEqual((await world.read(TRUTH)).programs, [2, 2]);
  world.clock.skip(HOUR);
  assert.deepEqual((await world.read(TRUTH)).programs, [4]);
});

Deno.test("readProgram() reads the first values by the method; a new program is tried with them, others are not", async () => {
  using world = openWorld();
  const first = await world.read();
  // One of them is compared.
  assert.deepEqual([first.values, first.methods, first.programs], [TRUTH, "01230", [4]]);
  const usual = await world.read(TRUTH);
  assert.deepEqual([usual.values, usual.methods, usual.programs], [TRUTH, "", [4]]);
  const some = await world.read([10n, undefined, 12n, undefined]);
  assert.deepEqual([some.values, some.methods, some.programs], [TRUTH, "13", [2]]);
  const none = await world.read();
  assert.deepEqual([none.values, none.methods, none.programs], [TRUTH, "0123", []]);
});

Deno.test("readProgram() does not run a new program whose first values could not be read", async () => {
  using world = openWorld();
  world.instead = ({ items }) =>
    items.some(({ method }) => method === "eth_getTransactionCount") ? new Response("", { status: 503 }) : undefined;
  for (let polls = 0; polls < 2; polls++) {
    const { values, programs, result } = await world.read();
    // At first a reference account is looked for.
    assert.deepEqual([values, programs], [HOLDERS.map(() => "http_server"), polls === 0 ? [3] : []]);
    assert.equal(result.failure?.reason, "http_server");
    world.trust();
  }
});

Deno.test("readProgram() runs the program for values that are known alone, and has the errors of the others", async () => {
  using world = openWorld();
  let failing: string | undefined = A;
  const { nonces } = world.chain;
  const get = nonces.get.bind(nonces);
  // The method fails for one holder; the program does not.
  nonces.get = (holder) => {
    if (holder === failing && !isRunning) throw new Error("boo");
    return get(holder);
  };
  let isRunning = false;
  world.chain.check = () => {
    isRunning = true;
  };
  world.chain.change = (words) => {
    isRunning = false;
    return words;
  };
  const { values, programs, result } = await world.read([undefined, undefined, 12n, 13n]);
  assert.deepEqual([values, programs], [["rpc_error", 11n, 12n, 13n], [3]]);
  assert.equal(result.itemFailure?.reason, "rpc_error");
  world.trust();
  nonces.set(A, 1_000_000n);
  const rest = await world.read([10n, undefined, 12n, 13n]);
  assert.deepEqual([rest.values, rest.result.itemFailure?.reason], [["rpc_error", 11n, 12n, 13n], "rpc_error"]);
  nonces.set(A, 10n);
  failing = undefined;
  const one = await world.read([10n]);
  assert.deepEqual([one.values, one.methods, one.programs], [TRUTH, "123", [1]]);
  using fresh = openWorld();
  assert.deepEqual((await fresh.read([undefined, 11n, 12n, 13n])).programs, [4], "the first value is known by then");
});

Deno.test("readProgram() runs no new program where all values prove nothing", async () => {
  using world = openWorld();
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 0n);
  const zeros = HOLDERS.map(() => 0n);
  // A reference account is looked for every five minutes.
  for (
    const [previous, methods, looks, ms] of [
      [[], "0123", [3], 0],
      [zeros, "0123", [], 299_999],
      [[0n], "1230", [3], 1],
      [zeros, "0123", [], 0],
    ] as const
  ) {
    world.clock.skip(ms);
    const { values, methods: asked, programs } = await world.read(previous);
    assert.deepEqual([values, asked, programs], [zeros, methods, looks]);
  }
  await world.read();
  assert.equal(world.asked.filter((each) => each.startsWith("getBlockByNumber")).length, 1, "nothing is read twice");
  world.trust();
  const trusted = await world.read(zeros);
  assert.deepEqual([trusted.values, trusted.methods, trusted.programs], [zeros, "", [4]]);
  using codes = openWorld(CODE_PROGRAM);
  assert.deepEqual((await codes.read(zeros)).programs, [6 - 1], "it has a control");
});

Deno.test("readProgram() runs a new program where a reference account shows that the node runs it right", async () => {
  using world = openWorld();
  const zeros = HOLDERS.map(() => 0n);
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 0n);
  const [reference = ""] = NONCE_PROGRAM.references ?? [];
  world.chain.nonces.set(reference, 1n);
  const first = await world.read(zeros);
  // The reference account is compared with the method, and its value is nobody's.
  assert.deepEqual([first.values, first.methods, first.programs], [zeros, "-1", [3, 5]]);
  const next = await world.read(zeros);
  assert.deepEqual([next.values, next.methods, next.programs], [zeros, "", [4]]);
});

Deno.test("readProgram() runs a new program from the first value that proves something", async () => {
  using world = openWorld();
  for (const holder of HOLDERS) world.chain.nonces.set(holder, holder === B ? 1n : 0n);
  assert.deepEqual((await world.read([0n, 1n, 0n, 0n])).programs, [4]);
});

Deno.test("readProgram() reads what the program does not explain by the method", async () => {
  using world = openWorld();
  world.trust();
  world.chain.nonces.set(A, 1_000_000n);
  const { values, methods, programs } = await world.read(TRUTH);
  assert.deepEqual([values, methods, programs], [[1_000_000n, 11n, 12n, 13n], "0", [4]]);
  using codes = openWorld(CODE_PROGRAM);
  codes.trust();
  codes.chain.codes.set(A, CONTRACT);
  const read = await codes.read([0n, 0n, 0n, 0n]);
  assert.deepEqual([read.values, read.methods], [[valueOfCode(CONTRACT), 0n, 0n, 0n], "0"]);
});

Deno.test("readProgram() takes only what proves itself where not all is explained, if a default may be among it", async () => {
  using world = openWorld();
  world.trust();
  for (const [index, holder] of HOLDERS.entries()) world.chain.nonces.set(holder, [0n, 0n, 7n, 10_000n][index] ?? 0n);
  const { values, methods } = await world.read([0n, 0n, 7n, 0n]);
  assert.deepEqual([values, methods], [[0n, 0n, 7n, 10_000n], "013"]);
  // All are explained: zeros as well.
  world.chain.nonces.set(HOLDERS[3] ?? "", 1n);
  assert.equal((await world.read([0n, 0n, 7n, 0n])).methods, "");
});

Deno.test("readProgram() takes nothing of a node that may have answered a default for all, and pauses the program", async () => {
  const cases: Readonly<
    Record<string, readonly [nonces: readonly bigint[], previous: readonly bigint[], ok: boolean]>
  > = {
    "one of two is not": [[1n, 9999n, 5n, 5n], [1n, 0n], true],
    "most are not explained": [[1n, 9999n, 9999n, 9999n], [1n, 0n, 0n, 0n], false],
    "half of them are not": [[1n, 1n, 9999n, 9999n], [1n, 1n, 0n, 0n], true],
    "none that is explained proves anything": [[0n, 0n, 0n, 9999n], [0n, 0n, 0n, 0n], false],
  };
  for (const [title, [nonces, previous, isTaken]] of Object.entries(cases)) {
    using world = openWorld();
    world.trust();
    for (const [index, holder] of HOLDERS.entries()) world.chain.nonces.set(holder, nonces[index] ?? 0n);
    const { values, methods } = await world.read(previous);
    assert.deepEqual([values, methods], [nonces, isTaken ? previous.length === 2 ? "231" : "23" : "0123"], title);
    assert.equal(world.state.pausedUntil > world.clock.now(), !isTaken, title);
  }
});

Deno.test("readProgram() takes nothing that the method contradicts", async () => {
  using world = openWorld();
  world.chain.nonceSeen = (nonce) => nonce + 1n;
  const { values, methods } = await world.read(TRUTH);
  assert.deepEqual(values, TRUTH);
  assert.ok(methods.endsWith("0123"), methods);
  assert.equal(world.state.comparisons.get(NONCE_PROGRAM.name)?.isEqual, false);
  assert.equal(world.state.digest.attempts, 1);
  assert.equal(world.state.attempts, 1, "it did not work");
});

Deno.test("readProgram() reads by the method where the program is refused, and pauses it: at once if it never worked", async () => {
  using world = openWorld();
  const { chain, state, clock } = world;
  chain.check = refuse();
  const first = await world.read(TRUTH);
  assert.deepEqual([first.values, first.methods, first.programs], [TRUTH, "0123", [4]]);
  assert.equal(state.pausedUntil, clock.now() + HOUR);
  clock.skip(HOUR);
  chain.check = () => {};
  await world.read(TRUTH);
  chain.check = refuse();
  for (const isPaused of [false, false, true]) {
    const { values, result } = await world.read(TRUTH);
    assert.deepEqual([values, result.failure], [TRUTH, undefined]);
    assert.equal(state.pausedUntil > clock.now(), isPaused);
  }
});

Deno.test("readProgram() does not read by the method where the endpoint failed", async () => {
  const cases: readonly (readonly [string, World["instead"], isCounted: boolean])[] = [
    ["http_server", () => new Response("", { status: 503 }), true],
    ["reset", () => Promise.reject(new TypeError("connection reset")), true],
    ["throttled", () => new Response("", { status: 429 }), false],
    ["dns", () => Promise.reject(new TypeError("dns error: failed to lookup address information")), false],
  ];
  for (const [reason, instead, isCounted] of cases) {
    using world = openWorld();
    world.trust();
    world.instead = instead;
    const { values, methods, result } = await world.read(TRUTH);
    assert.deepEqual([values, methods, result.failure?.reason], [HOLDERS.map(() => reason), "", reason]);
    assert.equal(world.state.pausedUntil > world.clock.now(), isCounted, reason);
  }
});

Deno.test("readProgram() reads by the method what was in a call that was refused, and keeps the others", async () => {
  using world = openWorld();
  world.trust();
  const { chain, state } = world;
  Object.assign(state.size, { size: 2, confirmed: 2, refusedAt: world.clock.now() });
  Object.assign(state, { attempts: 3 });
  let calls = 0;
  chain.check = () => {
    if (++calls === 2) throw new Error("execution error");
  };
  const { values, methods, programs } = await world.read(TRUTH);
  assert.deepEqual([values, methods, programs], [TRUTH, "23", [2, 2]]);
  assert.equal(state.attempts, 2, "a failure was counted");
  // The endpoint failed: the method would fail as well.
  calls = 0;
  world.instead = ({ items: [item] }) =>
    item?.method === "eth_call" && ++calls === 2 ? new Response("", { status: 503 }) : undefined;
  chain.check = () => {};
  const failed = await world.read(TRUTH);
  assert.deepEqual([failed.values, failed.methods], [[10n, 11n, "http_server", "http_server"], ""]);
  assert.equal(state.attempts, 1);
  world.instead = () => undefined;
  await world.read(TRUTH);
  assert.equal(state.attempts, 3, "it works");
});

Deno.test("readProgram() takes only blocks that are admitted, and that were asked for", async () => {
  using world = openWorld();
  world.trust();
  const heads: unknown[] = [];
  await world.read(TRUTH, { admit: (head) => void heads.push([head.chainId, head.block.number]) });
  assert.deepEqual(heads, [[1, 100n]]);
  const refused = await world.read(TRUTH, {
    admit: () => {
      throw new RpcError("lagging", "too old");
    },
  });
  assert.deepEqual(refused.values, HOLDERS.map(() => "lagging"));
  const other = await world.read(TRUTH, { at: { number: 90n, time: 1_700_000_000 } });
  assert.equal(other.values.some((value) => typeof value === "bigint" && other.methods === ""), false);
});

Deno.test("readProgram() continues where a call ended early, and learns how many fit", async () => {
  using world = openWorld();
  world.trust();
  world.chain.gasCap = 100_000 + 3 * 35_300;
  const { values, programs } = await world.read(TRUTH);
  assert.deepEqual([values, programs, world.state.size.size], [TRUTH, [4, 1], 3]);
  assert.deepEqual((await world.read(TRUTH)).programs, [2, 2]);
});

Deno.test("readProgram() is off for a day after three polls with words that the method contradicts", async () => {
  using world = openWorld(CODE_PROGRAM);
  world.trust();
  const { chain, state, clock } = world;
  chain.hashSeen = (hash, code) => code === "" ? 8n : hash;
  const zeros = HOLDERS.map(() => 0n);
  for (const contradictions of [1, 2, 0]) {
    const { values, methods, programs } = await world.read(zeros);
    assert.deepEqual([values, methods, programs], [zeros, "0123", [5]]);
    assert.equal(state.contradictions, contradictions);
  }
  assert.deepEqual(state.comparisons.get(CODE_PROGRAM.name), { chainId: 1, at: clock.now(), isEqual: false });
  assert.deepEqual((await world.read(zeros)).programs, []);
});

Deno.test("readProgram() is contradicted by one value, whatever the others are", async () => {
  using world = openWorld(CODE_PROGRAM);
  world.trust();
  world.chain.codes.set(A, CONTRACT);
  world.chain.hashSeen = (hash, code) => code === "" ? 8n : hash;
  await world.read([0n, 0n, 0n, 0n]);
  assert.equal(world.state.contradictions, 1);
});

Deno.test("readProgram() reads values that need no previous one by the program from the first", async () => {
  using world = openWorld(CODE_PROGRAM);
  world.trust();
  const { values, methods, programs } = await world.read();
  assert.deepEqual([values, methods, programs], [[0n, 0n, 0n, 0n], "", [5]]);
});

Deno.test("readProgram() reads in smaller calls where one with much gas is refused", async () => {
  const program = { ...NONCE_PROGRAM, gasPerHolder: 5_000_000 };
  using world = openWorld(program);
  world.state.comparisons.set(program.name, { chainId: 1, at: world.clock.now(), isEqual: true });
  world.chain.check = (_, gas) => {
    if (gas > 16_777_216) throw new Error("execution error");
  };
  const { values, methods, programs, result } = await world.read(TRUTH);
  assert.deepEqual([values, methods, programs, result.failure], [TRUTH, "", [4, 2, 2], undefined]);
});

Deno.test("readProgram() hides no bug", async () => {
  using world = openWorld();
  world.trust();
  Object.defineProperty(world.pool.poolEndpoint.endpoint, "pacer", {
    get: () => {
      throw new TypeError("a bug");
    },
  });
  await assert.rejects(world.read(TRUTH), { message: "a bug" });
});

Deno.test("readProgram() is not contradicted by a change that the method has as well, or by a first value", async () => {
  using world = openWorld(CODE_PROGRAM);
  world.trust();
  world.chain.codes.set(A, CONTRACT);
  for (const previous of [[0n, 0n, 0n, 0n], [undefined, 0n, 0n, 0n]]) {
    const { methods } = await world.read(previous);
    assert.deepEqual([methods, world.state.contradictions], ["0", 0]);
  }
});
