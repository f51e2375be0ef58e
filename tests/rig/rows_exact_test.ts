import assert from "node:assert/strict";
import { checkPage } from "./check_page.ts";
import { forceWay, spendBudget, WAYS } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startRelay, untouched } from "./relay.ts";
import { startWatching, startWorld, WALLETS, type World } from "./rig.ts";

const MOST = 2n ** 256n - 1n;
/** Odd and even numbers of hex digits, and both ends. */
const BALANCES = [0n, 1n, 0xfn, 0x10n, 0xabcn, 10n ** 18n, 2n ** 53n + 1n, 2n ** 64n, 2n ** 128n - 1n, MOST - 1n, MOST];

async function setBalances({ anvil, oracle }: World, balances: readonly bigint[]): Promise<void> {
  for (const [index, wei] of balances.entries()) await anvil.setBalance(oracle.accounts[index] ?? "", wei);
  await anvil.rpc("evm_mine");
}

for (const way of WAYS) {
  Deno.test(`D6, D7: balances are exact from 0 to 2^256 - 1, and finite on the page, ${way}`, async () => {
    await using world = await startWorld();
    await installMulticall(world);
    await setBalances(world, BALANCES);
    using watching = startWatching([`${world.anvil.url}/`]);
    forceWay(watching, way);
    await watching.cycle();
    assert.deepEqual(watching.accounts.slice(0, BALANCES.length).map(({ reading }) => reading?.amount), BALANCES);
    assert.equal(await checkPage(watching), WALLETS);
  });

  Deno.test(`D11: all wallets at a true 0 are confirmed and published in the same poll, and so is the way back, ${way}`, async () => {
    await using world = await startWorld();
    await installMulticall(world);
    await world.oracle.spend();
    using watching = startWatching([`${world.anvil.url}/`]);
    forceWay(watching, way);
    await watching.cycle();
    assert.equal(world.oracle.check(watching.accounts), WALLETS);
    const before = watching.accounts.map(({ reading }) => reading?.amount ?? 0n);
    for (const balances of [before.map(() => 0n), before]) {
      await setBalances(world, balances);
      await watching.cycle();
      assert.deepEqual(watching.accounts.map(({ reading, failure }) => [reading?.amount, failure]), [
        ...balances.map((wei) => [wei, undefined]),
      ]);
      assert.equal(await checkPage(watching), WALLETS);
    }
    assert.deepEqual(
      watching.accounts.map(({ spent, received }) => [spent, received]),
      before.map((wei) => [wei, wei]),
    );
  });
}

Deno.test("D10: a call of the multicall that failed costs its wallet alone", async () => {
  const spoilt = 5;
  await using world = await startWorld();
  await installMulticall(world);
  await world.oracle.spend();
  await using relay = startRelay(world.anvil.url);
  using watching = startWatching([relay.url]);
  forceWay(watching, "multicall");
  await watching.cycle();
  const before = watching.accounts[spoilt]?.reading;
  await world.oracle.spend();
  watching.reasons();
  relay.reshape = (answer) => untouched(withFailed(answer, spoilt));
  spendBudget(watching);
  await watching.cycle();
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
  for (const [index, { reading, failure }] of watching.accounts.entries()) {
    const isSpoilt = index === spoilt;
    assert.equal(failure, isSpoilt ? "rpc_error" : undefined);
    assert.equal(reading?.block?.number === world.oracle.newest.number, !isSpoilt);
    if (isSpoilt) assert.equal(reading, before, "it did not keep its reading");
  }
  assert.deepEqual([...watching.reasons()], ["rpc_error"]);
  assert.equal(await checkPage(watching), WALLETS);
});

/** Sets the success of one result of `aggregate3` to false and leaves its value as it is. */
function withFailed(answer: string, wallet: number): string {
  return answer.replace(/(?<="result":"0x)\w+/, (digits) => {
    const words: readonly string[] = digits.match(/.{64}/g) ?? [];
    // After the place and the count of the list come the places of the results; three tell the head.
    const place = 2 + Number(BigInt(`0x${words[2 + 3 + wallet]}`)) / 32;
    assert.equal(BigInt(`0x${words[place]}`), 1n, "there is no success here");
    return words.with(place, "0".repeat(64)).join("");
  });
}

Deno.test("C11: an earlier answer that comes again under the right id does not fit its question", async () => {
  await using world = await startWorld();
  await using relay = startRelay(world.anvil.url);
  using watching = startWatching([relay.url]);
  let recorded = "";
  await watching.cycle();
  relay.reshape = (answer) => untouched(recorded = answer);
  await watching.cycle();
  await world.oracle.spend();
  watching.reasons();
  relay.reshape = (answer) => untouched(recorded.replace(/"id":\d+/, String(/"id":\d+/.exec(answer)?.[0])));
  spendBudget(watching);
  await watching.cycle();
  assert.deepEqual([...watching.reasons()], ["integrity"]);
  assert.ok(watching.accounts.every(({ failure }) => failure === "integrity"));
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
});
