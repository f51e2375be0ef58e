import assert from "node:assert/strict";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import {
  isOff,
  isTrustedProgram,
  isWorking,
  learnFit,
  learnGas,
  noteContradiction,
  noteFailure,
  noteWorking,
  programStateOf,
} from "../../../src/evm/strategies/program_state.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { openPool } from "../../fakes/open_pool.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const URLS = ["http://127.0.0.1:9001/", "http://127.0.0.1:9002/"];

function openState() {
  const pool = openPool(URLS, { accounts: [], clock: createFakeClock(), strategy: "packed" });
  const [one, other] = pool.network.endpoints;
  assert.ok(one !== undefined && other !== undefined);
  return { pool, one, other, state: programStateOf(one.endpoint, NONCE_PROGRAM) };
}

Deno.test("programStateOf() is one per endpoint and program, that begins with much gas", () => {
  const { pool, one, other, state } = openState();
  using _ = pool;
  assert.equal(programStateOf(one.endpoint, NONCE_PROGRAM), state);
  assert.notEqual(programStateOf(one.endpoint, CODE_PROGRAM), state);
  assert.notEqual(programStateOf(other.endpoint, NONCE_PROGRAM), state);
  assert.deepEqual([state.size.size, state.size.max], [1384, 1384]);
});

Deno.test("noteFailure() pauses for an hour: at once what never worked or is refused, else after three in a row", () => {
  const { pool, state } = openState();
  using _ = pool;
  const error = new RpcError("rpc_error", "no");
  noteFailure(state, error, 5);
  assert.deepEqual([isOff(state, NONCE_PROGRAM, 5 + HOUR - 1), isOff(state, NONCE_PROGRAM, 5 + HOUR)], [true, false]);
  noteWorking(state);
  for (const isPaused of [false, false, true]) {
    noteFailure(state, undefined, 2 * HOUR);
    assert.equal(isOff(state, NONCE_PROGRAM, 2 * HOUR + 1), isPaused);
  }
  // The next one is enough until it works again.
  noteFailure(state, error, 5 * HOUR);
  assert.ok(isOff(state, NONCE_PROGRAM, 5 * HOUR + 1));
  noteWorking(state);
  noteFailure(state, new RpcError("rpc_error", "no", "unsupported"), 9 * HOUR);
  assert.ok(isOff(state, NONCE_PROGRAM, 9 * HOUR + 1));
});

Deno.test("noteContradiction() turns a program off for a day after three in a row", () => {
  const { pool, state } = openState();
  using _ = pool;
  for (const isContradicted of [true, true, false, true, true]) {
    noteContradiction(state, NONCE_PROGRAM, isContradicted, 1, 0);
    assert.equal(isOff(state, NONCE_PROGRAM, 1), false);
  }
  noteContradiction(state, NONCE_PROGRAM, true, 1, 0);
  assert.deepEqual([isOff(state, NONCE_PROGRAM, DAY - 1), isOff(state, NONCE_PROGRAM, DAY)], [true, false]);
  for (let polls = 0; polls < 2; polls++) noteContradiction(state, NONCE_PROGRAM, true, 1, DAY);
  assert.equal(isOff(state, NONCE_PROGRAM, DAY + 1), false, "it counts from the beginning");
});

Deno.test("isTrustedProgram() is one that was equal within a day; of values that prove nothing only with a control", () => {
  const { pool, one } = openState();
  using _ = pool;
  for (
    const [ofZeros, program, isTrusted] of [
      [false, NONCE_PROGRAM, true],
      [true, NONCE_PROGRAM, false],
      [false, CODE_PROGRAM, true],
      [true, CODE_PROGRAM, true],
    ] as const
  ) {
    const state = programStateOf(one.endpoint, program);
    assert.equal(isTrustedProgram({ ...state, comparisons: new Map() }, program, 0), false);
    state.comparisons.set(program.name, { chainId: 1, at: 0, isEqual: true, ofZeros });
    assert.deepEqual([isTrustedProgram(state, program, DAY - 1), isTrustedProgram(state, program, DAY)], [
      isTrusted,
      false,
    ]);
  }
});

Deno.test("isWorking() is a program that is trusted, not paused, and at an endpoint with state overrides", () => {
  const { pool, one, state } = openState();
  using _ = pool;
  assert.equal(isWorking(one, NONCE_PROGRAM), false);
  const at = one.endpoint.clock.now();
  state.comparisons.set(NONCE_PROGRAM.name, { chainId: 1, at, isEqual: true });
  assert.equal(isWorking(one, NONCE_PROGRAM), true);
  one.selector.strategy = "batch";
  assert.equal(isWorking(one, NONCE_PROGRAM), false);
  one.selector.strategy = "packed";
  noteFailure(state, undefined, at);
  assert.equal(isWorking(one, NONCE_PROGRAM), false);
});

Deno.test("learnGas() learns for a day from a refusal of more gas than a transaction may have", () => {
  for (
    const [reason, holders, isLearned] of [
      ["rpc_error", 1000, true],
      ["http_client", 1000, true],
      ["too_large", 1000, true],
      ["envelope", 1000, true],
      ["timeout", 1000, false],
      ["http_server", 1000, false],
      ["throttled", 1000, false],
      ["state_unavailable", 1000, false],
      ["rpc_error", 461, false],
      ["rpc_error", 462, true],
    ] as const
  ) {
    const { pool, state } = openState();
    using _ = pool;
    const error = new RpcError(reason, "no");
    // Calls that were sent together are refused together.
    for (const at of [7, 8]) {
      assert.equal(learnGas(state, NONCE_PROGRAM, holders, error, at), isLearned, `${reason} ${holders}`);
    }
    const { size, max, refusedAt, ttlMs } = state.size;
    assert.deepEqual([size, max, refusedAt, ttlMs], [isLearned ? 461 : 1384, 1384, isLearned ? 7 : -Infinity, DAY]);
  }
});

Deno.test("learnGas() learns nothing from a call with the gas of one transaction", () => {
  const { pool, state } = openState();
  using _ = pool;
  const error = new RpcError("rpc_error", "no");
  const program = { ...NONCE_PROGRAM, gas: 16_777_216 - 462 * NONCE_PROGRAM.gasPerHolder };
  assert.deepEqual([462, 463].map((holders) => learnGas(state, program, holders, error, 0)), [false, true]);
});

Deno.test("learnFit() keeps how many holders fit for a day, and never more than before", () => {
  const { pool, state } = openState();
  using _ = pool;
  Object.assign(state.size, { confirmed: 200, ttlMs: 5 });
  learnFit(state, 300, 7);
  assert.deepEqual([state.size.size, state.size.refusedAt, state.size.ttlMs], [300, 7, DAY]);
  assert.equal(state.size.confirmed, 200);
  learnFit(state, 300, 9);
  learnFit(state, 301, 9);
  assert.deepEqual([state.size.size, state.size.refusedAt], [300, 7]);
  learnFit(state, 100, 9);
  assert.deepEqual([state.size.size, state.size.confirmed], [100, 100], "more is not answered any more");
});
