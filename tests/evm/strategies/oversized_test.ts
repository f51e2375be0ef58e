import assert from "node:assert/strict";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { startLocalNode } from "../../fakes/fake_node.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { pollAccounts } from "../../fakes/programs.ts";

const DAY = 24 * 3_600_000;
const [HOLDER = ""] = accountsOf(1);
const [USUAL = "", HUGE = "", OTHER = ""] = ["aa", "bb", "cc"].map((digits) => `0x${digits.repeat(20)}`);
const KEYS = [HOLDER, ...[USUAL, HUGE, OTHER].map((token) => tokenKey(token, HOLDER))];

Deno.test("a token that returned too much is read alone for a day", async () => {
  const clock = createFakeClock();
  let isHuge = true;
  using _node = startLocalNode({
    answer: ({ method, params: [call] }) => {
      if (method === "eth_chainId") return "0x1";
      if (method === "eth_getBalance") return "0x5";
      if (method === "eth_getBlockByNumber") return { number: "0x64", timestamp: "0x3e8" };
      const { to } = call as { readonly to: string };
      return `0x${"7".padStart(64, "0")}${to === HUGE && isHuge ? "00".repeat(20_000) : ""}`;
    },
  });
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: KEYS, clock, strategy: "batch" });
  const accounts = toAccounts(KEYS);
  const { selector } = pool.poolEndpoint;
  selector.blockChecks.balance.ignored = selector.blockChecks.view.ignored = false;
  const poll = async (): Promise<readonly unknown[]> => (await pollAccounts(pool, accounts)).amounts;
  assert.deepEqual(await poll(), [5n, 7n, "reverted", 7n]);
  assert.deepEqual([...selector.oversized.keys()], [accounts[2]?.key]);
  isHuge = false;
  clock.skip(DAY - 1);
  assert.deepEqual(await poll(), [5n, 7n, 7n, 7n]);
  assert.equal(selector.oversized.size, 1);
  clock.skip(1);
  assert.deepEqual(await poll(), [5n, 7n, 7n, 7n]);
  assert.equal(selector.oversized.size, 0);
});
