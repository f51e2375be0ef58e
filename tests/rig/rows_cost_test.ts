import assert from "node:assert/strict";
import { type FaultServer, replyFault, startFaultServer } from "./fault_server.ts";
import type { FaultPlan } from "./fault.ts";
import { forceWay, withoutJitter } from "./force_way.ts";
import { startWatching, startWorld } from "./rig.ts";

/** So many that what was saved in good cycles does not count. */
const CYCLES = 60;
const GOOD_CYCLES = 20;
/** The first balances are compared with a plain one, which is planned. */
const COMPARISONS = 1;
const INTERVAL = 15_000;

/** Faults of the endpoint as a whole: what is cheap fails as well. */
const BROKEN: Readonly<Record<string, FaultPlan>> = {
  "A6: silence": { fault: { kind: "behaviour", name: "reads and never answers" } },
  "A7: headers, then silence": { fault: { kind: "behaviour", name: "sends headers, then nothing" } },
  "A10: cut in the body": { fault: { kind: "behaviour", name: "cuts in the body" } },
  "A14: gibberish": { fault: { kind: "behaviour", name: "sends gibberish" } },
  "B1: HTML": replyFault({ status: 200, body: "<html>" }),
  "B3: a redirect": replyFault({ status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" }),
  "B4: 401": replyFault({ status: 401, body: "no" }),
  "B5: 402": replyFault({ status: 402, body: "pay" }),
  "B11: 503": replyFault({ status: 503, body: "<html>" }),
  "C1: cut JSON": replyFault({ status: 200, body: '{"jsonrpc":"2.0","id":1,"resu' }),
};

/** Faults of balances alone. */
const SPOILT: Readonly<Record<string, FaultPlan>> = {
  "B11: 503 for balances": { ...replyFault({ status: 503, body: "<html>" }), on: "balances" },
  "C3: no ids": { fault: { kind: "change", change: "no ids" }, on: "balances" },
  "C9: an empty list": { fault: { kind: "change", change: "an empty list" }, on: "balances" },
  "D1: null": { fault: { kind: "change", change: "another answer", value: { result: null } }, on: "balances" },
  "E10: no state": {
    fault: {
      kind: "change",
      change: "another answer",
      value: { result: undefined, error: { code: -32000, message: "missing trie node" } },
    },
    on: "balances",
  },
};

for (const interval of [15_000, 300_000]) {
  for (const [title, plan] of Object.entries({ ...BROKEN, ...SPOILT })) {
    Deno.test(`I9: no more than 1.1 requests for each that is planned, every ${interval / 1000} s: ${title}`, async () => {
      using _ = withoutJitter();
      await using world = await startWorld();
      await using server = startFaultServer(world.anvil.url);
      using watching = startWatching([server.url], { interval, plan: { chainId: 31337 } });
      for (let cycle = 0; cycle < GOOD_CYCLES; cycle++) await watching.cycle();
      assert.equal(server.seen.length, GOOD_CYCLES + COMPARISONS);
      server.plan = plan;
      const perCycle: number[] = [];
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        const before = server.seen.length;
        await watching.cycle();
        perCycle.push(server.seen.length - before);
      }
      const planned = GOOD_CYCLES + COMPARISONS + CYCLES;
      assert.ok(server.seen.length <= 1.1 * planned, `${server.seen.length} requests for ${planned}: ${perCycle}`);
      if (Object.hasOwn(BROKEN, title)) assertProbed(perCycle.slice(CYCLES / 2), interval, server);
    });
  }
}

/** When it has long been broken: one cheap question per 30 s, or per interval if that is longer. */
function assertProbed(late: readonly number[], interval: number, { seen }: FaultServer): void {
  const most = late.length * interval / Math.max(30_000, interval);
  const sent = late.reduce((sum, requests) => sum + requests);
  assert.ok(sent <= most, `${late} when it has long been broken`);
  const asked = seen.at(-1)?.items.map(({ method }) => method).join() ?? "";
  // One balance, where the chain id was never answered.
  if (sent > 0) assert.match(asked, /^(eth_chainId|eth_getBalance)$/);
}

for (const way of ["packed", "batch", "single"] as const) {
  Deno.test(`I9: no balance is requested more than twice in a poll, ${way}`, async () => {
    using _ = withoutJitter();
    await using world = await startWorld();
    for (const plan of [...Object.values(BROKEN), ...Object.values(SPOILT)]) {
      await using server = startFaultServer(world.anvil.url);
      server.overrides = way === "packed";
      using watching = startWatching([server.url], { interval: INTERVAL });
      forceWay(watching, way);
      for (let cycle = 0; cycle < 2; cycle++) await watching.cycle();
      watching.network.budget.earn(1000);
      server.seen.length = 0;
      server.plan = plan;
      await watching.cycle();
      const asked = server.seen.flatMap(({ items }) => items).map(({ method, params }) =>
        `${method} ${addressIn(params)}`
      );
      const balances = asked.filter((each) => /^eth_(call|getBalance)/.test(each));
      for (const [each, same = []] of Object.entries(Object.groupBy(balances, (each) => each))) {
        assert.ok(same.length <= 2, `${each} was asked ${same.length} times`);
      }
    }
  });
}

function addressIn(params: readonly unknown[]): string {
  const [first] = params;
  return typeof first === "string" ? first : "";
}
