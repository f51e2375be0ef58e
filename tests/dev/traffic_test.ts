import assert from "node:assert/strict";
import { type Account, dueTransfers } from "../../dev/traffic.ts";
import { type DevNetwork, type DevWallet, networks, toWei, world } from "../../dev/wallets.ts";

const payer: DevWallet = {
  label: "payer",
  account: 0,
  start: 10,
  minimum: 1,
  spend: { coins: 2, everySeconds: 3 },
  topUp: { from: "treasury", below: 4, to: 10 },
  story: "",
};
const treasury: DevWallet = { label: "treasury", account: 1, start: 100, story: "" };

function account(wallet: DevWallet, coins: number): Account {
  return { wallet, address: `0x${wallet.label}`, balance: toWei(coins) };
}

/** The transfers that are due with these balances, as texts. */
function due(
  held: { readonly payer: number; readonly treasury: number },
  second: number,
): readonly string[] {
  const accounts = [account(payer, held.payer), account(treasury, held.treasury), account(world, 0)];
  return dueTransfers(accounts, { second, random: () => 0.5 }).map(({ from, to, wei }) =>
    `${from.wallet.label} > ${to.wallet.label} ${Number(wei) / 1e18}`
  );
}

Deno.test("dueTransfers() spends at the interval of the wallet", () => {
  const seconds = [0, 1, 2, 3, 4].map((second) => due({ payer: 10, treasury: 100 }, second));
  assert.deepEqual(seconds, [["payer > world 2"], [], [], ["payer > world 2"], []]);
});

Deno.test("dueTransfers() varies amounts by 50 %", () => {
  const accounts = [account(payer, 10), account(world, 0)];
  const spent = [0, 0.75].map((given) => dueTransfers(accounts, { second: 0, random: () => given })[0]?.wei);
  assert.deepEqual(spent, [toWei(1), toWei(2.5)]);
});

Deno.test("dueTransfers() tops up a wallet below its threshold, and not at it", () => {
  assert.deepEqual(due({ payer: 4, treasury: 100 }, 1), []);
  assert.deepEqual(due({ payer: 3.9, treasury: 100 }, 1), ["treasury > payer 6.1"]);
});

Deno.test("dueTransfers() skips payments above the balance including gas", () => {
  assert.deepEqual(due({ payer: 2, treasury: 0 }, 0), []);
  assert.deepEqual(due({ payer: 2.01, treasury: 0 }, 0), ["payer > world 2"]);
  assert.deepEqual(due({ payer: 3, treasury: 7 }, 1), []);
});

for (const network of networks) {
  Deno.test(`chain ${network.chainId} is as active after six hours as at the start`, () => {
    const hours = Array.from({ length: 6 }, () => ({ spent: new Set(), low: new Set() }));
    let second = 0;
    for (const balances of simulate(network, hours.length * 3_600)) {
      const hour = hours[Math.floor(second / 3_600)];
      for (const { wallet, balance, before } of balances) {
        if (balance < before) hour?.spent.add(wallet.label);
        if (balance < toWei(wallet.minimum ?? 0)) hour?.low.add(wallet.label);
      }
      second++;
    }
    const spenders = network.wallets.filter(({ spend }) => spend).map(({ label }) => label);
    const low = network.wallets.filter(isEverLow).map(({ label }) => label);
    for (const hour of hours) {
      assert.deepEqual([...hour.spent].sort(), [...spenders, "treasury", "world"].sort());
      assert.deepEqual([...hour.low].sort(), low.sort());
    }
  });

  Deno.test(`chain ${network.chainId} has a wallet that falls below its minimum soon`, () => {
    const late = network.wallets.filter((wallet) => isEverLow(wallet) && wallet.spend);
    assert.equal(late.length, 1);
    let second = 0;
    for (const balances of simulate(network, 120)) {
      const fallen = balances.find(({ wallet, balance }) => wallet === late[0] && balance < toWei(wallet.minimum ?? 0));
      if (fallen) break;
      second++;
    }
    assert.ok(second > 5 && second < 90, `after ${second} seconds`);
  });
}

/** Whether a wallet is meant to be below its minimum at times. */
function isEverLow({ minimum = 0, start, topUp }: DevWallet): boolean {
  return start < minimum || (topUp?.below ?? minimum) < minimum;
}

interface Held extends Account {
  readonly before: bigint;
}

/** What the accounts hold, second by second, on a chain without fees. */
function* simulate(network: DevNetwork, seconds: number): Generator<readonly Held[]> {
  let accounts: readonly Account[] = [...network.wallets, world].map((wallet) => account(wallet, wallet.start));
  for (let second = 0; second < seconds; second++) {
    const gained = new Map<Account, bigint>();
    for (const { from, to, wei } of dueTransfers(accounts, { second })) {
      gained.set(from, (gained.get(from) ?? 0n) - wei);
      gained.set(to, (gained.get(to) ?? 0n) + wei);
    }
    const held = accounts.map((account) => ({
      ...account,
      balance: account.balance + (gained.get(account) ?? 0n),
      before: account.balance,
    }));
    yield held;
    accounts = held;
  }
}
