import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import type { Strategy } from "../../src/model/source.ts";
import { callData, CONTRACTS } from "../fakes/contracts.ts";
import { live, send } from "../fakes/live.ts";
import { addressOf, COIN, planOfV2 } from "../fakes/watched.ts";
import { WAYS } from "../rig/force_way.ts";
import { installMulticall } from "../rig/install_multicall.ts";
import { installTokens, TOKENS } from "../rig/token_contracts.ts";

const [TOKEN, ITEMS, APES, REGISTRY, SPENDER] = [101, 102, 103, 104, 105].map(addressOf) as [
  string,
  string,
  string,
  string,
  string,
];
/** The first account of anvil, which sends the transactions. */
const OWNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
/** A subscription's number of VRF 2.5 is as long as a word. */
const SUBSCRIPTION = 2n ** 255n + 5n;

function config(url: string): string {
  return `
version: 2
networks:
  - name: local
    endpoints: ["${url}"]
    tokens:
      - { symbol: USDC, address: "${TOKEN}" }
      - { preset: erc721, symbol: APES, address: "${APES}" }
    views:
      - { name: allowance, address: "${TOKEN}", call: "allowance(address owner, address spender) view returns (uint256)", args: [wallet, "${SPENDER}"], decimals: 6 }
      - { name: swords, address: "${ITEMS}", call: "balanceOf(address,uint256)", args: [wallet, 5], wallets: named }
      - { name: subscription, address: "${REGISTRY}", call: "getSubscription(uint256)", args: ["${SUBSCRIPTION}"], word: 0, decimals: 18, thresholds: { minimum: 2 } }
      - { name: requests, address: "${REGISTRY}", call: "getSubscription(uint256) returns (uint96, uint96, uint64, address, address[])", args: ["${SUBSCRIPTION}"], word: 2 }
      - { name: balance, address: "${REGISTRY}", call: "getBalance(uint256) returns (uint96)", args: ["${SUBSCRIPTION}"], decimals: 18 }
      # What a contract returns instead of what is declared.
      - { name: declared-short, address: "${REGISTRY}", call: "getSubscription(uint256)", args: [1] }
      - { name: declared-long, address: "${REGISTRY}", call: "getBalance(uint256)", args: [1], word: 1 }
      - { name: too-small, address: "${REGISTRY}", call: "getSubscription(uint256) returns (uint96,uint96,uint8,address,address,uint256,address,int32)", args: [1], word: 7 }
      - { name: greedy, address: "${TOKENS.greedy}", call: "a(uint256,uint256)", args: [1, 2] }
      - { name: long, address: "${TOKENS.long}", call: "a()" }
      - { name: missing, address: "${TOKENS.missing}", call: "a(bool)", args: [true] }
      - { name: reverting, address: "${TOKENS.reverting}", call: "a(string)", args: ["text"], word: 3 }
    wallets:
      - { address: "${OWNER}", label: owner, tokens: { swords: { minimum: 3 } } }
      - { address: "${SPENDER}", label: spender }
`;
}

async function install(anvil: Anvil): Promise<void> {
  await installTokens(anvil);
  await installMulticall({ anvil });
  const codes = [
    [TOKEN, CONTRACTS.erc20],
    [ITEMS, CONTRACTS.erc1155],
    [APES, CONTRACTS.erc721],
    [REGISTRY, CONTRACTS.subscriptions],
  ] as const;
  for (const [address, code] of codes) await anvil.rpc("anvil_setCode", [address, code]);
}

const BAD = ["declared-short", "declared-long", "greedy", "long", "missing", "reverting"];

for (const way of WAYS) {
  Deno.test(`V1: views are read right at every block, whatever other contracts return: ${way}`, async () => {
    await using anvil = await startAnvil({ chainId: 1 });
    await install(anvil);
    using own = live(await planOfV2(config(anvil.url)), { way: way satisfies Strategy });
    for (let round = 0n; round < 3n; round++) {
      if (round > 0n) {
        await send(anvil, TOKEN, callData("approve(address,uint256)", SPENDER, round === 2n ? 2n ** 256n - 1n : 5n));
        await send(anvil, ITEMS, callData("mint(address,uint256,uint256)", OWNER, 5n, 2n * round));
        await send(anvil, ITEMS, callData("mint(address,uint256,uint256)", OWNER, 6n, 99n));
        await send(anvil, APES, callData("mint(address,uint256)", SPENDER, round));
        await send(anvil, REGISTRY, callData("fund(uint256)", SUBSCRIPTION), round * COIN);
      }
      await own.poll();
      const values = new Map<string, string>();
      for (const { wallet, token, account } of own.series()) {
        const { reading, failure } = own.store.networks[0]?.accounts.get(account) ?? {};
        values.set(`${token?.token.symbol} ${wallet.label}`, failure ?? String(reading?.amount));
      }
      const allowance = round === 2n ? 2n ** 256n - 1n : 5n * round;
      const funds = [0n, 1n, 3n][Number(round)] ?? 0n;
      assert.deepEqual(Object.fromEntries(values), {
        "USDC owner": "7",
        "USDC spender": "7",
        "APES owner": "0",
        "APES spender": String(round),
        "allowance owner": String(allowance),
        "allowance spender": "0",
        "swords owner": String(2n * round),
        "subscription subscription": String(funds * COIN),
        "requests requests": "77",
        "balance balance": String(funds * COIN),
        "too-small too-small": "bad_value",
        ...Object.fromEntries(BAD.map((name) => [`${name} ${name}`, "reverted"])),
      });
    }
    const shown = await own.samples(/^wallet_token_balance(_below_minimum)?$/);
    for (
      const line of [
        `wallet_token_balance{address="${OWNER}",label="owner",network="local",symbol="swords",token="${ITEMS}"} 4`,
        `wallet_token_balance{address="${REGISTRY}",label="subscription",network="local",symbol="subscription",token="${REGISTRY}"} 3`,
        `wallet_token_balance_below_minimum{address="${OWNER}",label="owner",network="local",symbol="swords",token="${ITEMS}"} 0`,
        `wallet_token_balance_below_minimum{address="${REGISTRY}",label="subscription",network="local",symbol="subscription",token="${REGISTRY}"} 0`,
      ]
    ) assert.ok(shown.includes(line), `${line}\n${shown.join("\n")}`);
    assert.equal((await own.samples(/^wallet_balance_eth$/)).length, 2, "a contract has no coin");
  });
}
