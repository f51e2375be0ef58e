import assert from "node:assert/strict";
import { admitLatestOf, checkChain } from "../../../src/evm/pool/check_chain.ts";
import type { Head } from "../../../src/evm/strategies/target.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "../../fakes/open_pool.ts";

const HEAD = { chainId: 5, block: { number: 1n, time: 1 } };

function open(plan: TestPlan = {}, endpoints = 1): OpenPool {
  const urls = Array.from({ length: endpoints }, (_, index) => `http://127.0.0.1:${9001 + index}/`);
  return openPool(urls, { accounts: accountsOf(1), clock: createFakeClock(), plan });
}

Deno.test("checkChain() uses the chain of the only endpoint as the network's, where none is known", () => {
  using pool = open();
  checkChain(pool.network, pool.poolEndpoint, 5);
  assert.deepEqual([pool.network.chainId, pool.poolEndpoint.selector.chainReported], [5, true]);
  assert.throws(() => checkChain(pool.network, pool.poolEndpoint, 6), { reason: "wrong_chain" });
  assert.equal(pool.network.chainId, 5);
});

Deno.test("checkChain() leaves it to the pool where there are several endpoints", () => {
  using pool = open({}, 2);
  const { network, poolEndpoint } = pool;
  assert.throws(() => checkChain(network, poolEndpoint, 5), {
    reason: "wrong_chain",
    message: /did not agree on one yet/,
  });
  assert.deepEqual([network.chainId, poolEndpoint.reportedChainId], [undefined, 5]);
  network.chainId = 5;
  poolEndpoint.reportedChainId = undefined;
  checkChain(network, poolEndpoint, 5);
  assert.equal(poolEndpoint.reportedChainId, undefined);
});

Deno.test("checkChain() refuses another chain, counts it, and forgets what was seen there", () => {
  using pool = open({ chainId: 1 });
  const { network, poolEndpoint } = pool;
  const seen = { head: HEAD, at: 0, since: 0 };
  poolEndpoint.observed = seen;
  checkChain(network, poolEndpoint, 1);
  assert.deepEqual([poolEndpoint.observed, pool.count("wrong_chain")], [seen, 0]);
  assert.throws(() => checkChain(network, poolEndpoint, 5), { reason: "wrong_chain" });
  assert.deepEqual([poolEndpoint.observed, pool.count("wrong_chain")], [undefined, 1]);
});

Deno.test("M8: checkChain() reports what to do about another chain", () => {
  using planned = open({ chainId: 1 });
  assert.throws(() => checkChain(planned.network, planned.poolEndpoint, 5), {
    message: "the node reports chain id 5, chainId 1 is configured: correct that or the URL",
  });
  using learned = open();
  learned.network.chainId = 1;
  assert.throws(() => checkChain(learned.network, learned.poolEndpoint, 5), {
    message:
      "the node reports chain id 5, it was 1 before: if the chain changed its id, restart the exporter or set chainId",
  });
});

Deno.test("admitLatestOf() checks as much of a head as is reported", () => {
  using pool = open({ chainId: 5 });
  const heads: Head[] = [];
  const admit = admitLatestOf(pool.network, pool.poolEndpoint, (head) => void heads.push(head));
  admit(HEAD);
  assert.deepEqual(heads, [HEAD]);
  admit({ chainId: 5, block: undefined });
  assert.throws(() => admit({ chainId: 6, block: undefined }), { reason: "wrong_chain" });
  assert.equal(heads.length, 1);
});

const UNKNOWN = { chainId: undefined, block: undefined };

Deno.test("L2: an endpoint that never reports its chain is read where none is known, or one is configured, and logged once", () => {
  for (const [plan, chain] of [[{}, "unknown"], [{ chainId: 5 }, 5]] as const) {
    using pool = open(plan);
    using log = catchLog();
    const admit = admitLatestOf(pool.network, pool.poolEndpoint, () => {
      throw new RangeError("There is no head to judge");
    });
    admit(UNKNOWN);
    admit(UNKNOWN);
    assert.deepEqual(log.lines, [{
      level: "warn",
      msg: "Endpoint does not report its chain id, chain not verified",
      network: "n",
      endpoint: "127.0.0.1:9001",
      chain,
    }]);
  }
});

Deno.test("L2: an endpoint that reports no chain is not read where it did before, or others did", () => {
  const refused = { reason: "missing", refusal: "unsupported" };
  for (const plan of [{}, { chainId: 5 }]) {
    using pool = open(plan);
    pool.poolEndpoint.selector.chainReported = true;
    const admit = admitLatestOf(pool.network, pool.poolEndpoint, () => {});
    assert.throws(() => admit(UNKNOWN), refused);
  }
  using pool = open();
  pool.network.chainId = 5;
  assert.throws(() => admitLatestOf(pool.network, pool.poolEndpoint, () => {})(UNKNOWN), refused);
});
