import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { nativeAccount } from "../../../src/assets/native.ts";
import { pendingAccount } from "../../../src/assets/pending.ts";
import type { Network } from "../../../src/evm/pool/open_network.ts";
import { pollOnce } from "../../../src/evm/pool/poll_once.ts";
import { programStateOf } from "../../../src/evm/strategies/program_state.ts";
import type { PollResult } from "../../../src/model/source.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { openProgramWorld, type ProgramWorld } from "../../fakes/program_world.ts";
import { nonceAccount } from "../../fakes/programs.ts";

const HOLDERS = accountsOf(4);
const NATIVES = HOLDERS.map(nativeAccount);
const NONCES = HOLDERS.map(nonceAccount);
const TIME = 1_700_000_000;
const BY_EVM = { number: 100n, time: TIME, byEvm: true } as const;

interface World extends ProgramWorld {
  readonly network: Network;
  poll(): Promise<PollResult>;
}

/** A world whose plan has values besides balances. */
function openWorld(values: readonly Account[]): World {
  const world = openProgramWorld(HOLDERS);
  for (const holder of HOLDERS) world.chain.balances.set(holder, 5n);
  const { network: usual } = world.pool;
  const network = { ...usual, plan: { ...usual.plan, values, accounts: [...NATIVES, ...values] } };
  return Object.assign(world, { network, poll: () => pollOnce(network, world.pool.limits) });
}

function blocksOf({ outcomes }: PollResult, accounts: readonly Account[]): readonly unknown[] {
  return accounts.map((account) => {
    const outcome = outcomes.get(account);
    return typeof outcome === "object" ? outcome.block : outcome;
  });
}

Deno.test("pollOnce() has the block of the balances for values that were read at the same one by its header", async () => {
  for (const values of [NONCES, NONCES.slice(0, 1)]) {
    for (const ahead of [20, -20]) {
      using world = openWorld(values);
      world.chain.headerAhead = ahead;
      const result = await world.poll();
      assert.deepEqual(blocksOf(result, [...NATIVES, ...values]), [...NATIVES, ...values].map(() => BY_EVM));
      assert.deepEqual([result.block, world.network.newest, result.late], [BY_EVM, BY_EVM, undefined]);
      assert.deepEqual(world.network.height.block, BY_EVM);
    }
  }
});

Deno.test("pollOnce() has the own block of values that were read at another one", async () => {
  using world = openWorld(NONCES);
  world.instead = ({ items }) => {
    if (items.some(({ method }) => method === "eth_getBlockByNumber")) world.chain.block = 101n;
    return undefined;
  };
  assert.deepEqual(blocksOf(await world.poll(), NONCES), NONCES.map(() => ({ number: 101n, time: TIME })));
});

/** Other backends of an endpoint: what they answer of transactions must not be used. */
const OTHERS = [
  { title: "behind the last published block", chain: { block: 90n, time: TIME - 120 }, reason: "lagging" },
  { title: "of another chain", chain: { chainId: 5 }, reason: "wrong_chain" },
] as const;

for (const { title, chain, reason } of OTHERS) {
  Deno.test(`N8: pollOnce() refuses values that are ${title}, and keeps the balances`, async () => {
    using world = openWorld(NONCES);
    await world.poll();
    const right = { ...world.chain };
    world.instead = ({ items }) => {
      const isOther = !items.some(({ method }) => method === "eth_call");
      Object.assign(world.chain, right, isOther ? chain : {});
      return undefined;
    };
    const result = await world.poll();
    assert.deepEqual(blocksOf(result, [...NATIVES, ...NONCES]), [
      ...NATIVES.map(() => BY_EVM),
      ...NONCES.map(() => reason),
    ]);
    assert.deepEqual([result.block, result.late], [BY_EVM, undefined]);
    assert.deepEqual(world.pool.faults, [reason]);
  });
}

/** Methods that are read without a block. */
function readWithoutBlock({ pool: { poolEndpoint: { selector, endpoint } }, clock }: World): void {
  Object.assign(selector.blockChecks.method, { ignored: true, at: clock.now() });
  selector.latest.head = "refused";
  programStateOf(endpoint, NONCE_PROGRAM).pausedUntil = Infinity;
}

Deno.test("pollOnce() has no block of values that were read without one", async () => {
  using world = openWorld(NONCES);
  readWithoutBlock(world);
  const result = await world.poll();
  assert.deepEqual(blocksOf(result, [...NATIVES, ...NONCES]), [
    ...NATIVES.map(() => BY_EVM),
    ...NONCES.map(() => undefined),
  ]);
});

Deno.test("pollOnce() does not read what belongs to no block where balances belong to none", async () => {
  using world = openWorld([pendingAccount(HOLDERS[0] ?? "", nonceAccount(HOLDERS[0] ?? ""))]);
  const { selector } = world.pool.poolEndpoint;
  Object.assign(selector, { strategy: "latest", proven: true });
  selector.latest.head = "refused";
  const { outcomes, block } = await world.poll();
  assert.deepEqual([[...outcomes].length, block], [NATIVES.length, undefined]);
  assert.equal(world.asked.some((each) => each.endsWith("pending")), false);
});

Deno.test("pollOnce() takes values that fell in three polls in a row", async () => {
  using world = openWorld(NONCES.slice(0, 1));
  const [nonce] = NONCES;
  assert.ok(nonce !== undefined);
  world.network.previous.set(nonce, 50n);
  const seen: unknown[] = [];
  for (let polls = 0; polls < 4; polls++) {
    world.chain.block++;
    world.chain.time++;
    const outcome = (await world.poll()).outcomes.get(nonce);
    seen.push(typeof outcome === "object" ? outcome.amount : outcome);
  }
  assert.deepEqual(seen, ["lagging", "lagging", "lagging", 0n]);
});
