import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { nativeAccount } from "../../../src/assets/native.ts";
import { codeHash, EMPTY_CODE_HASH } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { createPollProgress } from "../../../src/evm/pool/poll_progress.ts";
import { readEndpoint } from "../../../src/evm/pool/read_endpoint.ts";
import { pollOnce } from "../../../src/evm/pool/poll_once.ts";
import { EvmSource } from "../../../src/evm/pool/source.ts";
import { startDeadline } from "../../../src/http/deadline.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { hang, type LocalNode, startLocalNode } from "../../fakes/fake_node.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { answerOnChain, createProgramChain, type ProgramChain } from "../../fakes/program_node.ts";
import { codeAccount, nonceAccount, pollAccounts, type Polled, valueOfCode } from "../../fakes/programs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DELEGATION = `ef0100${"ca11".repeat(10)}`;
const CONTRACT = "60016002";
const HOLDERS = accountsOf(12);
const [A = "", B = ""] = HOLDERS;
const COIN = 10n ** 18n;

interface World extends Disposable {
  readonly chain: ProgramChain;
  readonly clock: FakeClock;
  readonly pool: OpenPool;
  readonly node: LocalNode;
  /** Coins, nonces and codes, in this order. */
  readonly accounts: readonly Account[];
  /** Polls; balances, nonces and codes must all be there, and right. */
  poll(): Promise<Polled>;
  /** Every nonce grows. */
  send(by?: bigint): void;
}

/** A node with wallets: coins, nonces, and one delegation. */
function openWorld(holders: readonly string[] = HOLDERS): World {
  const count = holders.length;
  const clock = createFakeClock();
  const chain = createProgramChain();
  for (const [index, holder] of holders.entries()) {
    chain.balances.set(holder, BigInt(index) * COIN);
    chain.nonces.set(holder, BigInt(index) * 100n);
  }
  chain.codes.set(A, DELEGATION);
  const node = startLocalNode({ answer: (item) => answerOnChain(item, chain) });
  const pool = openPool(["http://127.0.0.1:9998/"], { accounts: holders, clock });
  const natives = holders.map(nativeAccount);
  const nonces = holders.map(nonceAccount);
  const codes = holders.map(codeAccount);
  return {
    chain,
    clock,
    pool,
    node,
    accounts: [...natives, ...nonces, ...codes],
    async poll(): Promise<Polled> {
      chain.block++;
      chain.time++;
      clock.setWall(1);
      const polled = await pollAccounts(pool, this.accounts);
      const { amounts } = polled;
      assert.deepEqual(amounts.slice(0, count), holders.map((holder) => chain.balances.get(holder)), "balances");
      const truth = [
        ...holders.map((holder) => chain.nonces.get(holder)),
        ...holders.map((holder) => valueOfCode(chain.codes.get(holder) ?? "")),
      ];
      const read = amounts.slice(count);
      assert.deepEqual(read, truth);
      return polled;
    },
    send(by = 1n): void {
      for (const [holder, nonce] of chain.nonces) chain.nonces.set(holder, nonce + by);
    },
    [Symbol.dispose](): void {
      pool[Symbol.dispose]();
      node[Symbol.dispose]();
    },
  };
}

Deno.test("nonces and codes come from their methods once, and then from programs in every poll", async () => {
  using world = openWorld();
  const first = await world.poll();
  // All nonces and one code, and one of each to compare.
  assert.equal(first.calls["eth_getTransactionCount"], 12 + 1 + 1);
  for (const by of [0n, 1n, 31n, 500n]) {
    world.send(by);
    assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
  }
});

Deno.test("a nonce that jumped far comes from its method, and the others from the program", async () => {
  using world = openWorld();
  await world.poll();
  world.chain.nonces.set(A, 1_000_000n);
  assert.equal((await world.poll()).calls["eth_getTransactionCount"], 1);
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

Deno.test("nonces that all grew by hundreds, and those beyond what a double has, come from the program", async () => {
  using world = openWorld(accountsOf(200));
  world.chain.nonces.set(B, 2n ** 53n - 100n);
  world.chain.nonces.set(A, 2n ** 60n);
  await world.poll();
  for (const by of [300n, 1n, 0n, 0n, 0n, 0n]) {
    world.send(by);
    assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
  }
});

Deno.test("N9: nonces that a reorganization lowered are read after three polls, and the others all the time", async () => {
  using _ = catchLog();
  using world = openWorld();
  await world.poll();
  const high = world.chain.nonces.get(B) ?? 0n;
  world.chain.nonces.set(B, high - 2n);
  for (let poll = 0; poll < 3; poll++) {
    world.chain.block++;
    world.chain.time++;
    const { amounts } = await pollAccounts(world.pool, world.accounts.slice(0, 24));
    assert.deepEqual(
      amounts.slice(12),
      HOLDERS.map((holder) => holder === B ? "lagging" : world.chain.nonces.get(holder)),
    );
  }
  await world.poll();
  world.send();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

for (const [title, ahead] of [["before", 20], ["after", -20]] as const) {
  Deno.test(`balances and values are read from an EVM with a time ${title} that of the header`, async () => {
    using world = openWorld();
    world.chain.headerAhead = ahead;
    // Without a new block, as at the start of a development chain.
    world.chain.block--;
    world.chain.time--;
    for (let poll = 0; poll < 4; poll++) {
      await world.poll();
      world.send(poll === 1 ? 1_000_000n : 1n);
      if (poll === 0) world.chain.codes.set(B, DELEGATION);
      if (poll === 1) continue;
      world.chain.block--;
      world.chain.time--;
    }
    assert.deepEqual(world.pool.poolEndpoint.headStatus, "fresh");
  });
}

Deno.test("a node that creates no contracts is asked for nonces by their method, and again after an hour", async () => {
  using world = openWorld();
  world.chain.nonceSeen = () => undefined;
  await world.poll();
  world.send();
  // One call for balances, codes and nonces each; the program is not tried again.
  assert.equal((await world.poll()).calls["eth_call"], 1);
  world.clock.skip(HOUR);
  assert.equal((await world.poll()).calls["eth_call"], 2);
  world.chain.nonceSeen = (nonce) => nonce;
  world.clock.skip(HOUR);
  await world.poll();
  world.send();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

/** Ways to be wrong about nonces, each from the first poll on or after good ones. */
const WRONG_NONCES: Readonly<Record<string, (nonce: bigint, holder: string) => bigint | undefined>> = {
  "0 for all, as if the override made a new account": () => 0n,
  "0 for half of them": (nonce, holder) => BigInt(holder) % 2n === 0n ? nonce : 0n,
  "one more": (nonce) => nonce + 1n,
  "one less": (nonce) => nonce === 0n ? 0n : nonce - 1n,
  "none for one": (nonce, holder) => holder === B ? undefined : nonce,
  "none for most": (nonce, holder) => holder === B ? nonce : undefined,
};

for (const [title, nonceSeen] of Object.entries(WRONG_NONCES)) {
  Deno.test(`a node whose CREATE uses ${title}, never makes a wrong nonce`, async () => {
    using _ = catchLog();
    using world = openWorld();
    world.chain.nonceSeen = nonceSeen;
    for (let poll = 0; poll < 4; poll++) {
      await world.poll();
      world.send();
    }
  });
}

for (const title of ["0 for all, as if the override made a new account", "0 for half of them", "none for most"]) {
  Deno.test(`a node whose CREATE uses ${title} after it was right, never makes a wrong nonce`, async () => {
    using world = openWorld();
    await world.poll();
    await world.poll();
    world.chain.nonceSeen = WRONG_NONCES[title] ?? assert.fail();
    for (let poll = 0; poll < 5; poll++) {
      world.send();
      await world.poll();
    }
  });
}

Deno.test("a node that refuses much gas is asked for more of it after a day, at the cost of one call", async () => {
  using world = openWorld(accountsOf(600));
  let maxGas = 16_777_216;
  let tried: number[] = [];
  world.chain.check = (program, gas) => {
    if (program === "wallet-balance-nonce") tried.push(gas);
    if (gas > maxGas) throw new Error("request failed");
  };
  const poll = async (): Promise<readonly number[]> => {
    tried = [];
    await world.poll();
    return tried.map((gas) => (gas - 150_000) / 36_000);
  };
  assert.deepEqual(await poll(), [600, 300, 300]);
  for (let hours = 0; hours < 23; hours++) {
    world.clock.skip(HOUR);
    assert.deepEqual(await poll(), [300, 300]);
  }
  world.clock.skip(HOUR);
  assert.deepEqual(await poll(), [600, 300, 300]);
  assert.deepEqual(await poll(), [300, 300]);
  maxGas = 50_000_000;
  world.clock.skip(DAY);
  assert.deepEqual(await poll(), [600]);
  assert.deepEqual(await poll(), [600]);
});

Deno.test("nonces that are all 0 come from their method: a node may always answer so", async () => {
  using world = openWorld();
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 0n);
  world.chain.nonceSeen = () => 0n;
  await world.poll();
  world.chain.nonces.set(B, 1n);
  await world.poll();
});

Deno.test("the program of nonces is not run while all are 0, and from the first that is not", async () => {
  using world = openWorld();
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 0n);
  // Balances with the digest, hashes of codes, and nonces of contracts, which might show that it works.
  assert.equal((await world.poll()).calls["eth_call"], 3);
  assert.deepEqual((await world.poll()).calls["eth_call"], 1);
  world.chain.nonces.set(B, 1n);
  await world.poll();
  await world.poll();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

const [, REFERENCE = ""] = NONCE_PROGRAM.references ?? [];

Deno.test("the program of nonces is run while all are 0 if the nonce of a contract shows that it works", async () => {
  using world = openWorld();
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 0n);
  world.chain.nonces.set(REFERENCE, 1n);
  const { calls } = await world.poll();
  // All of them, one by which a node that ignores blocks is found, and that of the contract to compare.
  assert.equal(calls["eth_getTransactionCount"], 12 + 1 + 1);
  for (const nonce of [0n, 1n, 1n, 3n]) {
    world.chain.nonces.set(B, nonce);
    const polled = await world.poll();
    assert.deepEqual(polled.calls, { eth_call: 2 });
  }
});

Deno.test("a contract's nonce shows nothing where the node answers 0 for it, and is looked for again after five minutes", async () => {
  using world = openWorld();
  for (const holder of HOLDERS) world.chain.nonces.set(holder, 0n);
  world.chain.nonces.set(REFERENCE, 1n);
  world.chain.nonceSeen = () => 0n;
  await world.poll();
  world.chain.nonceSeen = (nonce) => nonce;
  assert.equal((await world.poll()).calls["eth_getTransactionCount"], 12);
  world.clock.skip(300_000 - 1);
  assert.equal((await world.poll()).calls["eth_getTransactionCount"], 12);
  world.clock.skip(1);
  await world.poll();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

Deno.test("a change of code is found, and named by the method: delegated, another contract, none again", async () => {
  using world = openWorld();
  await world.poll();
  world.chain.codes.set(HOLDERS[2] ?? "", CONTRACT);
  // A code that is known by now is compared with the method as well.
  assert.equal((await world.poll()).calls["eth_getCode"], 1 + 1);
  for (const [holder, code] of [[B, DELEGATION], [A, CONTRACT], [B, ""], [A, ""]] as const) {
    if (code === "") world.chain.codes.delete(holder);
    else world.chain.codes.set(holder, code);
    // Balances with the digest, nonces, and hashes.
    const { calls } = await world.poll();
    assert.deepEqual([calls["eth_call"], calls["eth_getCode"]], [3, 1]);
    assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
  }
});

/** Ways to be wrong about codes. */
const WRONG_HASHES: Readonly<Record<string, ProgramChain["hashSeen"]>> = {
  "0 for all": () => 0n,
  "that of nothing for all": () => EMPTY_CODE_HASH,
  "0 for delegated accounts": (hash, code) => code.startsWith("ef01") ? 0n : hash,
  "that of nothing for delegated accounts": (hash, code) => code.startsWith("ef01") ? EMPTY_CODE_HASH : hash,
  "that of 0xef01 for delegated accounts": (hash, code) => code.startsWith("ef01") ? codeHash("ef01") : hash,
  "another kind of hash": (hash) => hash === 0n ? 0n : hash ^ (1n << 200n),
};

for (const [title, hashSeen] of Object.entries(WRONG_HASHES)) {
  for (const isAtFirst of [true, false]) {
    Deno.test(`a node whose hash of code is ${title}${isAtFirst ? "" : " after it was right"}, hides no code`, async () => {
      using world = openWorld();
      if (!isAtFirst) await world.poll();
      world.chain.hashSeen = hashSeen;
      await world.poll();
      for (const code of [DELEGATION, CONTRACT]) {
        world.chain.codes.set(B, code);
        await world.poll();
        await world.poll();
      }
    });
  }
}

Deno.test("a program that contradicts the method in three polls is off for a day", async () => {
  using world = openWorld();
  await world.poll();
  // The control is right, and so is what was compared.
  world.chain.hashSeen = (hash, code) => code === DELEGATION ? hash ^ (1n << 100n) : hash;
  for (let poll = 0; poll < 3; poll++) assert.equal((await world.poll()).calls["eth_getCode"], 1);
  for (const wait of [0, HOUR, DAY / 2]) {
    world.clock.skip(wait);
    // Balances and nonces.
    const { calls } = await world.poll();
    assert.deepEqual([calls["eth_call"], calls["eth_getCode"]], [2, 12]);
  }
  world.chain.hashSeen = (hash) => hash;
  world.clock.skip(DAY);
  await world.poll();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

Deno.test("a program is compared with the method once a day, and off for a day if it differs", async () => {
  using log = catchLog();
  using world = openWorld();
  await world.poll();
  world.clock.skip(DAY);
  const { calls } = await world.poll();
  assert.deepEqual([calls["eth_getTransactionCount"], calls["eth_getCode"]], [1, 1]);
  world.clock.skip(DAY);
  // The next nonce, which is a nonce after the known one.
  world.chain.nonceSeen = (nonce) => nonce + 1n;
  assert.equal((await world.poll()).calls["eth_getTransactionCount"], 12 + 3);
  assert.ok(log.lines.some(({ msg }) => msg === "Strategy disagrees with eth_getTransactionCount, not used for a day"));
  world.clock.skip(HOUR);
  assert.equal((await world.poll()).calls["eth_getTransactionCount"], 12);
  world.chain.nonceSeen = (nonce) => nonce;
  world.clock.skip(DAY);
  await world.poll();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

Deno.test("a program that is refused is tried again after an hour, and the balances do not suffer", async () => {
  using world = openWorld();
  await world.poll();
  await world.poll();
  const tried: string[] = [];
  world.chain.check = (program) => {
    tried.push(program);
    if (program !== "wallet-balance-loop!") throw new Error("execution error");
  };
  for (let poll = 0; poll < 8; poll++) {
    await world.poll();
    assert.equal(world.pool.poolEndpoint.selector.strategy, "packed");
  }
  for (const program of ["wallet-balance-nonce", "wallet-balance-codes", "wallet-balance-watch"]) {
    assert.equal(tried.filter((each) => each === program).length, 3, program);
  }
  world.chain.check = () => {};
  world.clock.skip(HOUR);
  await world.poll();
  assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
});

/** Makes a program fail, as a gateway does that takes the others. */
const GATEWAY_FAULTS: Readonly<Record<string, () => Response | Promise<never>>> = {
  "403": () => new Response("", { status: 403 }),
  "500": () => new Response("", { status: 500 }),
  "no answer": () => Promise.reject(new TypeError("connection reset by peer")),
};

for (const [title, fault] of Object.entries(GATEWAY_FAULTS)) {
  Deno.test(`N7: balances do not suffer where the call with the digest gets ${title}, and others do not`, async () => {
    using log = catchLog();
    using world = openWorld();
    await world.poll();
    await world.poll();
    let tried = 0;
    world.chain.check = (program) => {
      if (program !== "wallet-balance-watch") return;
      tried++;
      throw fault();
    };
    for (let poll = 0; poll < 6; poll++) {
      // With less in the first minutes: the codes are read by their program.
      await world.poll();
      world.clock.skip(30_000);
    }
    assert.equal(tried, 3);
    world.chain.check = () => {};
    world.clock.skip(HOUR);
    await world.poll();
    assert.deepEqual((await world.poll()).calls, { eth_call: 2 });
    assert.deepEqual(log.lines.filter(({ level }) => level === "error"), []);
  });
}

for (const [title, status, patient] of [["throttles", 429, true], ["is not the last one", 500, false]] as const) {
  Deno.test(`an endpoint that ${title} gets no second call at once for balances without the digest`, async () => {
    using _ = catchLog();
    using world = openWorld();
    await world.poll();
    await world.poll();
    const programs: string[] = [];
    world.chain.check = (program) => {
      programs.push(program);
      if (program === "wallet-balance-watch") throw new Response("", { status });
    };
    const { accounts, pool: { network, poolEndpoint, limits } } = world;
    const progress = createPollProgress(accounts, network.previous);
    await readEndpoint(network, poolEndpoint, { progress, limits: { ...limits, patient }, lenient: false });
    assert.deepEqual(programs, ["wallet-balance-watch"]);
  });
}

Deno.test("a program of nonces that a gateway refuses is replaced by the method after three polls", async () => {
  using _ = catchLog();
  using world = openWorld();
  await world.poll();
  await world.poll();
  world.chain.check = (program) => {
    if (program === "wallet-balance-nonce") throw new Response("", { status: 500 });
  };
  for (let poll = 0; poll < 3; poll++) {
    const { amounts } = await pollAccounts(world.pool, world.accounts);
    assert.deepEqual(amounts.slice(12, 24), HOLDERS.map(() => "http_server"));
  }
  world.send();
  await world.poll();
});

Deno.test("a node without state overrides is asked for everything by its methods", async () => {
  using world = openWorld();
  world.chain.check = () => {
    throw new Error("too many arguments, want at most 2");
  };
  const { calls } = await world.poll();
  // With the code of Multicall3, and one at a block that does not exist.
  assert.deepEqual([calls["eth_getTransactionCount"], calls["eth_getCode"]], [12, 12 + 2]);
  world.send();
  world.chain.codes.set(B, CONTRACT);
  await world.poll();
});

Deno.test("methods take half of the time that is left, so that balances are not late", async () => {
  const chain = createProgramChain();
  using _node = startLocalNode({
    instead: (request) =>
      request.items.some(({ method }) => method === "eth_getTransactionCount") ? hang(request) : undefined,
    answer: (item) => answerOnChain(item, chain),
  });
  chain.time = Math.floor(systemClock.epoch());
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: HOLDERS });
  using deadline = startDeadline(systemClock, 2000);
  const limits = { clock: systemClock, timeout: 10_000, deadline };
  const { outcomes } = await pollOnce(pool.network, limits, [nativeAccount(A), nonceAccount(B)]);
  assert.deepEqual([...outcomes.values()].map((outcome) => typeof outcome), ["object", "string"]);
  assert.equal(deadline.signal.aborted, false);
});

Deno.test("what an endpoint reads by programs is free, until they fail", async () => {
  using world = openWorld();
  const source = new EvmSource(world.pool.network);
  const [nonce, code] = [nonceAccount(B), codeAccount(B)];
  const coins = HOLDERS.map(nativeAccount);
  const poll = (): Promise<unknown> => source.poll([...coins, nonce, code], world.pool.limits);
  assert.deepEqual([source.isFree(nonce), source.isFree(code)], [false, false]);
  await poll();
  assert.deepEqual([source.isFree(nonce), source.isFree(code), source.isFree(nativeAccount(B))], [true, true, false]);
  assert.equal(source.isFree(nonceAccount(A)), false, "its nonce was never read");
  world.chain.check = (program) => {
    if (program !== "wallet-balance-loop!") throw new Error("execution error");
  };
  for (let polls = 0; polls < 3; polls++) await poll();
  assert.deepEqual([source.isFree(nonce), source.isFree(code)], [false, false]);
  world.chain.check = () => {};
  world.clock.skip(HOUR);
  await poll();
  assert.deepEqual([source.isFree(nonce), source.isFree(code)], [true, true]);
  world.clock.skip(DAY);
  assert.deepEqual([source.isFree(nonce), source.isFree(code)], [false, false], "it has to be compared again");
});
