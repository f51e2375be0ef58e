import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { readSingly } from "../../../src/evm/strategies/read_singly.ts";
import type { Endpoint } from "../../../src/jsonrpc/endpoint.ts";
import type { Limits } from "../../../src/model/source.ts";
import { valuesOf } from "../../fakes/read_values.ts";
import { startDeadline } from "../../../src/http/deadline.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { silence, startFakeNode } from "../../fakes/fake_node.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { openFake } from "../../fakes/open_fake.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const HEAD = { chainId: 1, block: { number: 100n, time: 1_700_000_000 } };

async function readAll(
  endpoint: Endpoint,
  addresses: readonly string[],
  limits: Limits,
): Promise<ReturnType<typeof valuesOf>> {
  const accounts = toAccounts(addresses);
  return valuesOf(await readSingly({ endpoint, accounts, limits }, HEAD), accounts);
}

Deno.test("balances read one by one are kept when the time runs out before the last", async () => {
  const accounts = accountsOf(600);
  const timeout = 3_600_000;
  const stop = new AbortController();
  await using node = startFakeNode({ limit: 1, balances: new Map(accounts.map((address) => [address, 5n])) });
  let balances = 0;
  node.truth.instead = (request) => {
    if (request.items[0]?.method !== "eth_getBalance" || ++balances <= 400) return undefined;
    stop.abort();
    return silence(request);
  };
  using opened = openFake(node.url);
  using deadline = startDeadline(systemClock, timeout, stop.signal);
  const limits = { clock: systemClock, timeout, deadline };
  const outcomes = await readAll(opened.endpoint, accounts, limits);
  const read = outcomes.filter((outcome) => outcome === 5n).length;
  assert.ok(read >= 200, `only ${read} of 400 balances were kept`);
  assert.ok(outcomes.every((outcome) => outcome === 5n || outcome === "timeout"));
});

Deno.test("balances read one by one are published only where the chain was right before and after", async () => {
  const accounts = accountsOf(600);
  await using node = startFakeNode({ limit: 1, balances: new Map(accounts.map((address) => [address, 5n])) });
  let balances = 0;
  node.truth.mangle = (replies, { items: [item] }) => {
    if (item?.method === "eth_getBalance" && ++balances === 400) node.truth.chainId = 137;
    return replies;
  };
  using opened = openFake(node.url);
  const outcomes = await readAll(opened.endpoint, accounts, opened.limits);
  const wrong = outcomes.indexOf("wrong_chain");
  assert.ok(wrong > 0 && wrong < 400, `the first refused is ${wrong}`);
  assert.ok(outcomes.slice(0, wrong).every((outcome) => outcome === 5n));
  assert.ok(outcomes.slice(wrong).every((outcome) => outcome === "wrong_chain"));
});

Deno.test("no more than 16 requests are under way at once", async () => {
  let open = 0;
  let most = 0;
  await using node = startFakeNode({ limit: 1 });
  const full = Promise.withResolvers<void>();
  node.truth.instead = async () => {
    most = Math.max(most, ++open);
    if (open === 16) settle().then(full.resolve);
    await full.promise;
    open--;
    return undefined;
  };
  using opened = openFake(node.url);
  await readAll(opened.endpoint, accountsOf(100), opened.limits);
  assert.equal(most, 16);
});
