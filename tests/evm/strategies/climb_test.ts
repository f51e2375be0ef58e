import assert from "node:assert/strict";
import { pollOnce } from "../../fakes/read_values.ts";
import { type SeenRequest, silence, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { withoutJitter } from "../../rig/force_way.ts";

const ACCOUNTS = accountsOf(12);
const INTERVAL = 600_000;

/** Of one request: longer than a response takes on any machine. The clock jumps over it. */
const TIMEOUT = 60_000;

function refusal(code: number, message: string, status = 200): (request: SeenRequest) => Response {
  return ({ items: [item] }) => Response.json({ jsonrpc: "2.0", id: item?.id, error: { code, message } }, { status });
}

/** Answers of endpoints that read well by batches, and not by `eth_call`. */
const REFUSALS: Readonly<Record<string, (request: SeenRequest) => Response | Promise<Response>>> = {
  "state override is not available": refusal(-32602, "state override is not available"),
  "a subscription": refusal(-32601, "eth_call with overrides needs a paid subscription"),
  "a rate plan": refusal(-32601, "the method eth_call is not available at your rate plan"),
  "HTTP 429 for eth_call alone": refusal(-32005, "rate limit for eth_call exceeded", 429),
  silence,
  "a page": () => new Response("<html>", { status: 200 }),
};

for (const [what, refuse] of Object.entries(REFUSALS)) {
  for (const start of ["from the start", "at the first climb"]) {
    Deno.test(`an endpoint whose batches work is read by them: ${what}, ${start}`, async () => {
      using _ = withoutJitter();
      using clock = createRunningClock(TIMEOUT);
      await using node = startFakeNode();
      const { truth } = node;
      using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, timeout: TIMEOUT });
      const refusing = (request: SeenRequest): Response | Promise<Response> | undefined =>
        request.items[0]?.method === "eth_call" ? refuse(request) : undefined;
      if (start === "from the start") truth.instead = refusing;
      let good = 0;
      const polls = 24;
      for (let poll = 0; poll < polls; poll++) {
        clock.skip(INTERVAL);
        Object.assign(truth, { time: truth.time + INTERVAL / 1000, block: truth.block + 50n });
        const { outcomes } = await pollOnce(pool.network, pool.limits);
        if (poll === 0) truth.instead = refusing;
        if (outcomes.every((outcome) => typeof outcome === "object")) good++;
      }
      assert.ok(good >= polls - 2, `it was read in ${good} of ${polls} polls`);
      assert.equal(pool.poolEndpoint.selector.strategy, "batch");
    });
  }
}

Deno.test("an endpoint that gave no balances for hours is read again in the second poll after", async () => {
  for (const start of ["from the start", "at a climb"]) {
    const clock = createRunningClock();
    await using node = startFakeNode();
    const { truth } = node;
    using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: 30_000 });
    const poll = async (): Promise<boolean> => {
      clock.skip(30_000);
      Object.assign(truth, { time: truth.time + 30, block: truth.block + 3n });
      const { outcomes } = await pollOnce(pool.network, pool.limits);
      return outcomes.every((outcome) => typeof outcome === "object");
    };
    if (start === "at a climb") { for (let count = 0; count < 119; count++) await poll(); }
    truth.instead = ({ items }) =>
      items.some(({ method }) => method === "eth_getBalance")
        ? Response.json(items.map(({ id }) => ({ id, error: { code: -32000, message: "missing trie node" } })))
        : undefined;
    for (let count = 0; count < 3 * 120; count++) assert.ok(!await poll());
    truth.instead = undefined;
    const first = await poll();
    assert.ok(first || await poll(), start);
  }
});
