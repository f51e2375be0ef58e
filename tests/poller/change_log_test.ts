import assert from "node:assert/strict";
import fc from "fast-check";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import type { PollResult } from "../../src/model/source.ts";
import { createChangeLog, type LastLogged } from "../../src/poller/change_log.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { pollOf } from "../fakes/watched.ts";

const good = pollOf([1n, 2n], 7n);
const partly = pollOf([1n, "timeout"], 7n);
const down = pollOf(["connect", "connect"], 7n, new RpcError("connect", "connection refused"));

const hour = 3_600_000;

Deno.test("createChangeLog() writes one line a change, not one a failure", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  for (const poll of [good, good, partly, partly, down, down, down, good]) changes(poll, 0);
  assert.deepEqual(log.lines, [
    { level: "info", msg: "First poll succeeded", network: "net", endpoint: "node.example", chain: 1, block: "7" },
    {
      level: "warn",
      msg: "Some balances cannot be read",
      network: "net",
      endpoint: "node.example",
      reason: "timeout",
      failed: 1,
      of: 2,
    },
    {
      level: "error",
      msg: "Network cannot be read",
      network: "net",
      endpoint: "node.example",
      reason: "connect",
      failed: 2,
      of: 2,
      detail: "connection refused",
    },
    { level: "info", msg: "Network recovered", network: "net", endpoint: "node.example", chain: 1, block: "7" },
  ]);
});

Deno.test("createChangeLog() writes a line when the reason changes", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  for (const reason of ["timeout", "timeout", "throttled", "quota"] as const) {
    changes(pollOf([reason], 1n, new RpcError(reason, "")), 0);
  }
  assert.deepEqual(log.lines.map(({ reason }) => reason), ["timeout", "throttled", "quota"]);
});

Deno.test("createChangeLog() logs nothing about a network with nothing to read", () => {
  using log = catchLog("debug");
  createChangeLog("net")(pollOf([]), 0);
  assert.deepEqual(log.lines, []);
});

Deno.test("createChangeLog() ends a noisy hour with a line about it", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  for (let poll = 0; poll < 500; poll++) changes(poll % 2 === 0 ? good : down, poll * 1000);
  assert.equal(log.lines.length, 40);
  assert.deepEqual(log.lines.at(-1), {
    level: "warn",
    msg: "Network changes too often, not logged for an hour",
    network: "net",
  });
});

Deno.test("createChangeLog() writes again after the quiet hour, with the state of then", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  for (let poll = 0; poll <= 100; poll++) changes(poll % 2 === 0 ? good : down, poll * 1000);
  const before = log.lines.length;
  const last = log.lines.at(-2)?.["msg"];
  const other = last === "Network recovered" ? down : good;
  for (let poll = 1; poll <= 3; poll++) changes(other, 2 * hour + poll * 1000);
  assert.equal(log.lines.length, before + 1);
});

Deno.test("createChangeLog() writes at most 40 lines in any hour, whatever happens when", () => {
  const wait = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: hour }));
  fc.assert(fc.property(fc.array(wait, { minLength: 100, maxLength: 300 }), (waits) => {
    using log = catchLog();
    const changes = createChangeLog("net");
    const times: number[] = [];
    let now = 0;
    for (const [poll, ms] of waits.entries()) {
      now += ms;
      changes(poll % 2 === 0 ? good : down, now);
      while (times.length < log.lines.length) times.push(now);
    }
    for (const start of times) {
      assert.ok(times.filter((time) => time >= start && time < start + hour).length <= 40);
    }
  }));
});

Deno.test("createChangeLog() does not let a quiet beginning double the hour", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  changes(good, 0);
  for (let poll = 1; poll <= 200; poll++) changes(poll % 2 === 0 ? good : down, hour - 100_000 + poll * 1000);
  assert.ok(log.lines.length <= 41, String(log.lines.length));
});

Deno.test("M6: createChangeLog() writes one line a reason while the network is down, also when they alternate", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  const polls = (["timeout", "rpc_error"] as const).map((reason) => pollOf([reason], 1n, new RpcError(reason, "")));
  for (let second = 0; second < 500; second++) for (const poll of polls) changes(poll, second * 1000);
  changes(good, hour);
  for (const poll of polls) changes(poll, hour);
  const logged = log.lines.map(({ reason, msg }) => reason ?? msg);
  assert.deepEqual(logged, ["timeout", "rpc_error", "Network recovered", "timeout", "rpc_error"]);
});

Deno.test("M8: createChangeLog() names the tokens that are not read", () => {
  using log = catchLog();
  createChangeLog("net")({ ...partly, failedTokens: ["USDT", "HEAVY"] }, 0);
  assert.equal(log.lines[0]?.["tokens"], "USDT,HEAVY");
});

Deno.test("M6: createChangeLog() logs the node's message where some balances are not read", () => {
  using log = catchLog();
  createChangeLog("net")({ ...partly, detail: "-32000: in maintenance" }, 0);
  assert.equal(log.lines[0]?.["detail"], "-32000: in maintenance");
});

Deno.test("createChangeLog() logs when a healthy network is read from another endpoint", () => {
  using log = catchLog();
  const changes = createChangeLog("net");
  for (const endpoint of ["a", "b"]) changes({ ...good, endpoint }, 0);
  assert.deepEqual(log.lines.map(({ msg, endpoint }) => [msg, endpoint]), [
    ["First poll succeeded", "a"],
    ["Reading from another endpoint", "b"],
  ]);
});

Deno.test("createChangeLog() logs why a standby is read, and the return", () => {
  using log = catchLog();
  const changes = createChangeLog("ethereum");
  const status = { strategy: "batch", size: 100 } as const;
  const failed = {
    ...status,
    name: "alchemy",
    state: "unreachable",
    failure: new RpcError("timeout", "no response"),
  } as const;
  const standby = { ...status, name: "backup", state: "ok" } as const;
  const failover = { ...good, endpoint: "backup", endpoints: [failed, standby] };
  changes(failover, 0);
  changes(
    { ...good, endpoint: "alchemy", endpoints: [{ ...failed, state: "ok", failure: undefined }, standby] },
    0,
  );
  const line = {
    level: "warn",
    msg: "RPC endpoint failed, using standby",
    network: "ethereum",
    endpoint: "alchemy",
    reason: "timeout",
    standby: "backup",
    detail: "no response",
    chain: 1,
    block: "7",
  };
  assert.deepEqual(log.lines, [
    line,
    {
      level: "info",
      msg: "Reading from another endpoint",
      network: "ethereum",
      endpoint: "alchemy",
      chain: 1,
      block: "7",
    },
  ]);
});

Deno.test("createChangeLog() goes on after a reload: what failed is logged again, what is as before is not", () => {
  using log = catchLog();
  const last: LastLogged = { level: "", endpoint: undefined };
  const reloaded = (...polls: readonly PollResult[]): readonly unknown[] => {
    const before = log.lines.length;
    const changes = createChangeLog("net", last);
    for (const poll of polls) changes(poll, 0);
    return log.lines.slice(before).map(({ msg }) => msg);
  };
  assert.deepEqual(reloaded(good), ["First poll succeeded"]);
  assert.deepEqual(reloaded(good, good), []);
  assert.deepEqual(reloaded({ ...good, endpoint: "other" }), ["Reading from another endpoint"]);
  assert.deepEqual(reloaded(good, down), ["Reading from another endpoint", "Network cannot be read"]);
  assert.deepEqual(reloaded(down, down), ["Network cannot be read"]);
  assert.deepEqual(reloaded(good), ["Network recovered"]);
  const lagging = { ...good, late: "lagging" } as const;
  const text = "Endpoint is lagging, balances are as old as its block";
  assert.deepEqual([reloaded(lagging), reloaded(lagging, good)], [[text], [text, "Network recovered"]]);
});
