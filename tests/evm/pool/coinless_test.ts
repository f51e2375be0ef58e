import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { createStateStore } from "../../../src/poller/state.ts";
import { onceRows } from "../../../src/cli/once_rows.ts";
import { recordPoll } from "../../../src/poller/record_poll.ts";
import { TOKEN_FAMILIES } from "../../../src/metrics/families/wallet_families.ts";
import { createSnapshotter } from "../../../src/metrics/model/snapshot.ts";
import { toAccounts, tokenKey, tokenPlan } from "../../fakes/accounts.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { status, WALLET_FAMILIES } from "../../fakes/page_text.ts";
import { IDENTITY, planOf } from "../../fakes/watched.ts";

const TEMPO = 4217;
const WALLETS = accountsOf(2);
const TOKEN = `0x${"ab".repeat(20)}`;
const TOKENS = WALLETS.map((holder) => tokenKey(TOKEN, holder));
/** The same for every address. */
const PLACEHOLDER = 4242424242424242424242424242424242424242424242424242424242n;
const BALANCES = new Map(WALLETS.map((address) => [address, PLACEHOLDER]));

for (const overrides of [true, false]) {
  const node = { chainId: TEMPO, overrides, balances: BALANCES, evm: () => 0n };

  for (const chainId of [TEMPO, undefined]) {
    const known = chainId === undefined ? "that the endpoint reports" : "that is configured";

    Deno.test(`a chain without a coin ${known} has no balances of it, overrides ${overrides}`, async () => {
      await using tempo = startFakeNode(node);
      using pool = openPool([tempo.url], { accounts: WALLETS, plan: { chainId } });
      using log = catchLog();
      for (let poll = 0; poll < 3; poll++) {
        const { outcomes, failure, chainId: reported } = await pollOnce(pool.network, pool.limits);
        assert.deepEqual([outcomes, failure, reported], [[], undefined, TEMPO]);
        if (poll === 0) tempo.seen.length = 0;
      }
      assert.equal(tempo.seen.length, 0, "nothing is to be read");
      assert.equal(log.lines.filter(({ level }) => level === "warn").length, 1);
    });

    Deno.test(`tokens of a chain without a coin ${known} are read, overrides ${overrides}`, async () => {
      await using tempo = startFakeNode({
        ...node,
        mangle: (replies, { items }) =>
          replies.map((reply, index) =>
            items[index]?.method === "eth_call" && (items[index]?.params.length ?? 0) < 3
              ? { id: reply["id"], result: `0x${"7".padStart(64, "0")}` }
              : reply
          ),
      });
      using pool = openPool([tempo.url, `${tempo.url}?standby`], {
        accounts: [...WALLETS, ...TOKENS],
        strategy: "batch",
        plan: { chainId, tokens: [{ symbol: "T", address: TOKEN, decimals: 7 }] },
      });
      for (let poll = 0; poll < 2; poll++) {
        const { outcomes, decimals, endpoint } = await pollOnce(pool.network, pool.limits);
        assert.deepEqual(outcomes.map((outcome) => typeof outcome === "object" && outcome.amount), [7n, 7n]);
        assert.equal(decimals.get(TOKEN), 7);
        tempo.seen.length = 0;
        await probeStandbys(pool.network, endpoint, pool.limits);
        const asked = tempo.seen.flatMap(({ items }) => items.map(({ method }) => method));
        assert.ok(!asked.includes("eth_getBalance"), "a coin was asked for");
      }
      assert.ok(pool.network.endpoints.every(({ breaker }) => breaker.failure === undefined));
    });
  }
}

Deno.test("the page has no family of a coin for a chain without one, and those of its tokens", () => {
  const [plan] = planOf({ "https://tempo.example": WALLETS.map((address) => ({ address, label: "w" })) }).networks;
  assert.ok(plan !== undefined);
  const held = toAccounts(TOKENS);
  const accounts = [...plan.accounts, ...held];
  const token = tokenPlan({ symbol: "T", address: TOKEN, decimals: 7 });
  const own = plan.wallets.map((wallet, index) => ({
    ...wallet,
    tokens: held.slice(index, index + 1).map((account) => ({ account, token, thresholds: {} })),
  }));
  const clock = createFakeClock();
  const store = createStateStore(
    { networks: [{ ...plan, accounts, wallets: own, tokens: [token] }], renamed: [] },
    clock,
  );
  const [state] = store.networks;
  assert.ok(state !== undefined);
  const block = { number: 1n, time: 1 };
  recordPoll(
    store,
    state,
    {
      chainId: TEMPO,
      block,
      outcomes: new Map(held.map((account) => [account, { amount: 7n, block }])),
      decimals: new Map([[TOKEN, 7]]),
      mismatched: new Set(),
      late: undefined,
      endpoint: "tempo.example",
      endpoints: [],
      disagreements: 0,
      failure: undefined,
    },
    clock,
    clock.now(),
  );
  const snapshot = createSnapshotter({ store, clock, identity: IDENTITY, status, staleAfter: () => 0 })();
  const perWallet = WALLET_FAMILIES.filter(({ name }) => !name.startsWith("wallet_balance_exporter_"));
  assert.equal(perWallet.length, 8);
  for (const family of perWallet) assert.equal([...family.samples(snapshot)].length, 0, family.name);
  const success = TOKEN_FAMILIES.find(({ name }) => name === "wallet_token_balance_check_success");
  assert.deepEqual([...success?.samples(snapshot) ?? []].map(({ value }) => value), [1, 1]);
  assert.deepEqual(onceRows(store, clock).map(({ token, wei }) => [token, wei]), [[TOKEN, "7"], [TOKEN, "7"]]);
});
