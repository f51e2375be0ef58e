import assert from "node:assert/strict";
import type { AmountOrReason } from "../../src/evm/strategies/account_values.ts";
import type { PollResult } from "../../src/model/source.ts";
import { createPollLog } from "../../src/poller/poll_log.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { addressOf, planOfV2, pollOf } from "../fakes/watched.ts";

const HOUR = 3_600_000;

Deno.test("createPollLog() logs values that cannot be read apart from balances, a line a change", async () => {
  const [plan] = (await planOfV2(`version: 2
networks:
  - { name: net, endpoints: [http://node.example], transactions: true, wallets: [{ address: "${
    addressOf(1)
  }", label: a }] }
`)).networks;
  assert.ok(plan !== undefined);
  using log = catchLog();
  const write = createPollLog(plan);
  const poll = (...outcomes: readonly AmountOrReason[]): PollResult => pollOf(outcomes, 7n, undefined, plan.accounts);
  write(poll(1n, "rpc_error", 0n), 0);
  // Not due.
  write(poll(1n), 15_000);
  write(poll(1n, "rpc_error", 0n), 60_000);
  write(poll(1n, 5n), 120_000);
  write(poll(1n, "rpc_error"), 180_000);
  write(poll(1n, 5n), 240_000);
  const balances = { level: "info", msg: "First poll succeeded", network: "net", endpoint: "node.example" };
  const failed = {
    level: "warn",
    msg: "Some values cannot be read",
    network: "net",
    kind: "transactions",
    reason: "rpc_error",
    failed: 1,
    of: 1,
  };
  const good = { level: "info", msg: "Values can be read again", network: "net", kind: "transactions" };
  assert.deepEqual(log.lines, [{ ...balances, chain: 1, block: "7" }, failed, good]);
  write(poll(1n, "rpc_error"), HOUR);
  write(poll(1n, "timeout"), HOUR + 60_000);
  assert.deepEqual(log.lines.slice(3), [failed, { ...failed, reason: "timeout" }]);
});
