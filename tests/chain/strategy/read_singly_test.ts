import assert from "node:assert/strict";
import { readSingly } from "../../../src/chain/strategy/read_singly.ts";
import type { Reading } from "../../../src/chain/strategy/read_chunks.ts";
import type { Wei } from "../../../src/chain/strategy/outcome.ts";
import { startDeadline } from "../../../src/rpc/deadline.ts";
import { systemClock } from "../../../src/clock.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { openFake } from "../../fakes/open_fake.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const HEAD = { chainId: 1, block: { number: 100n, time: 1_700_000_000 } };

/** The outcomes of a reading, in the order of the accounts. */
function outcomesOf({ pieces }: Reading): readonly Wei[] {
  return pieces.toSorted((a, b) => a.start - b.start).flatMap(({ outcomes }) => outcomes);
}

Deno.test("balances read one by one are kept when the time runs out before the last", async () => {
  const accounts = accountsOf(600);
  const silent = Promise.withResolvers<Response>();
  await using node = startFakeNode({ limit: 1, balances: new Map(accounts.map((address) => [address, 5n])) });
  let balances = 0;
  node.truth.instead = ({ items: [item] }) =>
    item?.method === "eth_getBalance" && ++balances > 400 ? silent.promise : undefined;
  using opened = openFake(node.url);
  using deadline = startDeadline(systemClock, 1500);
  const limits = { clock: systemClock, timeout: 60_000, deadline };
  const outcomes = outcomesOf(await readSingly(opened.endpoint, accounts, HEAD, limits));
  silent.resolve(new Response());
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
  const outcomes = outcomesOf(await readSingly(opened.endpoint, accounts, HEAD, opened.limits));
  const wrong = outcomes.indexOf("wrong_chain");
  assert.ok(wrong > 0 && wrong < 400, `the first refused is ${wrong}`);
  assert.ok(outcomes.slice(0, wrong).every((outcome) => outcome === 5n));
  assert.ok(outcomes.slice(wrong).every((outcome) => outcome === "wrong_chain"));
});

Deno.test("no more than 16 requests are under way at once", async () => {
  let open = 0;
  let most = 0;
  await using node = startFakeNode({ limit: 1 });
  node.truth.instead = async () => {
    most = Math.max(most, ++open);
    await systemClock.sleep(2);
    open--;
    return undefined;
  };
  using opened = openFake(node.url);
  await readSingly(opened.endpoint, accountsOf(100), HEAD, opened.limits);
  assert.ok(most > 1 && most <= 16, `${most} were`);
});
