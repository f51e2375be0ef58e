import { toAccounts } from "../fakes/accounts.ts";
import { statesOf } from "../fakes/watched.ts";
import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { systemClock } from "../../src/util/clock.ts";
import { EndpointUrl } from "../../src/config/secrets/endpoint_url.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { createStateStore } from "../../src/poller/state.ts";
import { startPoller } from "../../src/poller/poller.ts";
import { collectGarbage } from "../fakes/collect_garbage.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { createRandom, type Random } from "../fakes/random.ts";
import type { FaultPlan } from "./fault.ts";
import { type FaultServer, noFault, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, WALLETS } from "./rig.ts";

const SECONDS = Number(Deno.env.get("SECONDS") ?? 60);
const SEED = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);
const NODES = Number(Deno.env.get("NODES") ?? 4);
const EACH = 1000;
/** Of the requests, some fail. */
const SHARE = 0.1;

/** Faults of every kind, quick ones and slow ones. */
const FAULTS: readonly FaultPlan[] = [
  { fault: { kind: "behaviour", name: "reads and never answers" } },
  { fault: { kind: "behaviour", name: "closes without an answer" } },
  { fault: { kind: "behaviour", name: "cuts in the body" } },
  { fault: { kind: "behaviour", name: "sends gibberish" } },
  { fault: { kind: "reply", reply: { status: 500, body: "<html>" } } },
  { fault: { kind: "reply", reply: { status: 429, body: "", headers: { "retry-after": "1" } } } },
  { fault: { kind: "reply", reply: { status: 200, body: "<html>" } } },
  { fault: { kind: "change", change: "ids off by one" } },
  { fault: { kind: "change", change: "drop" } },
  { fault: { kind: "change", change: "an empty list" } },
  { fault: { kind: "change", change: "another answer", value: { result: "0x" } } },
  { fault: { kind: "change", change: "two words swapped" }, on: "eth_call" },
];

function randomFault(random: Random, share: number): FaultPlan {
  return { ...random.pick(FAULTS), share, seed: random.below(2 ** 31) };
}

function planOf(server: FaultServer, accounts: readonly string[], id: string): NetworkPlan {
  const url = new EndpointUrl(new URL(server.url));
  const planned = toAccounts(accounts);
  const wallets = planned.map((account, index) => ({
    account,
    address: account.holder,
    label: `w${index}`,
    minimums: [],
    hasInvalidMinimum: false,
    thresholds: {},
    labels: {},
    tokens: [],
  }));
  return {
    id,
    networkLabel: id,
    endpoints: [{ name: url.name, url }],
    accounts: planned,
    wallets,
    rejected: [],
    decimals: 18,
    tokens: [],
    quorum: 1,
    block: "latest",
  };
}

Deno.test(`soak: ${NODES} nodes, ${NODES * EACH} wallets, ${SECONDS} s, faults in ${100 * SHARE} % of requests, seed ${SEED}`, async () => {
  await using stack = new AsyncDisposableStack();
  const random = createRandom(SEED);
  const accounts = accountsOf(EACH);
  const nodes: { readonly anvil: Anvil; readonly server: FaultServer }[] = [];
  for (let index = 0; index < NODES; index++) {
    const anvil = stack.use(await startAnvil({ chainId: 31337 + index }));
    nodes.push({ anvil, server: stack.use(startFaultServer(anvil.url)) });
  }
  const plans = nodes.map(({ server }, index) => planOf(server, accounts, `n${index}`));
  const store = createStateStore({ networks: plans, renamed: [] }, systemClock);
  const stop = new AbortController();
  let errors = 0;
  const poller = startPoller(store, {
    clock: systemClock,
    interval: 1000,
    timeout: 400,
    meterOf: () => ({ recordRequest: ({ reasons }) => errors += reasons.size, recordError: () => errors++ }),
    stop: stop.signal,
  });
  const end = performance.now() + 1000 * SECONDS;
  let checked = 0;
  let first = NaN;
  while (performance.now() < end) {
    for (const { anvil, server } of nodes) {
      const [from] = await anvil.rpc("eth_accounts") as readonly string[];
      const to = random.pick(accounts);
      await anvil.rpc("eth_sendTransaction", [{
        from,
        to,
        value: `0x${(1n + BigInt(random.below(2 ** 31))).toString(16)}`,
      }]);
      server.plan = randomFault(random, SHARE);
    }
    await systemClock.sleep(500);
    for (const [index, network] of store.networks.entries()) {
      const states = statesOf(network);
      for (let sample = 0; sample < 10; sample++) {
        const place = random.below(EACH);
        const reading = states[place]?.reading;
        if (reading === undefined) continue;
        const at = `0x${reading.block?.number.toString(16)}`;
        const truth = await nodes[index]?.anvil.rpc("eth_getBalance", [accounts[place], at]);
        assert.equal(reading.amount, BigInt(String(truth)), `wallet ${place} of network ${index} at block ${at}`);
        checked++;
      }
    }
    // The first third is warming up.
    if (Number.isNaN(first) && performance.now() > end - 667 * SECONDS) first = heapInUse();
  }
  const settled = heapInUse();
  stop.abort();
  await poller.ended;
  say(
    `${checked} balances held against the nodes, ${errors} faults counted, heap ${first.toFixed(0)} → ${
      settled.toFixed(0)
    } MiB`,
  );
  assert.ok(checked > 10 * SECONDS && errors > 0);
  assert.ok(settled - first < 16, "the heap grew");
});

/** What is held, in MiB. */
function heapInUse(): number {
  collectGarbage();
  return Deno.memoryUsage().heapUsed / 2 ** 20;
}

Deno.test(`chaos: two of three endpoints are broken at any time, seed ${SEED}`, async () => {
  await using world = await startWorld();
  await using stack = new AsyncDisposableStack();
  const random = createRandom(SEED);
  const servers = [0, 1, 2].map(() => stack.use(startFaultServer(world.anvil.url)));
  using poller = startWatching(servers.map(({ url }) => url), { plan: { chainId: 31337 } });
  let fresh = 0;
  let all = 0;
  for (let cycle = 0; cycle < 2 * SECONDS; cycle++) {
    if (cycle % 3 === 0) {
      const healthy = random.below(3);
      for (const [index, server] of servers.entries()) {
        server.plan = index === healthy ? noFault() : randomFault(random, 1);
      }
    }
    await world.oracle.spend();
    await poller.cycle();
    assert.equal(world.oracle.check(poller.accounts), WALLETS);
    const { number, balances } = world.oracle.newest;
    for (const [index, { reading }] of poller.accounts.entries()) {
      all++;
      // One that was read without a block number is fresh by its value.
      if (reading?.block === undefined ? reading?.amount === balances[index] : reading.block.number === number) fresh++;
    }
  }
  say(`${(100 * fresh / all).toFixed(2)} % of ${all} wallet-cycles were fresh`);
  assert.ok(fresh >= 0.999 * all);
});

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
