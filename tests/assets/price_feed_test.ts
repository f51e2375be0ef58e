import assert from "node:assert/strict";
import sha3 from "js-sha3";
import { isPrice, PriceFeed } from "../../src/assets/price_feed.ts";
import { addressOf } from "../fakes/watched.ts";

const FEED = addressOf(9);

const selectorOf = (signature: string): string => sha3.keccak_256(signature).slice(0, 8);

Deno.test("a price feed reads the answer, its time and its decimals from one contract", () => {
  const feed = new PriceFeed(FEED);
  const account = feed.account(FEED);
  const requests = [account, feed.updated, feed.decimals].map(({ asset, holder }) => asset.request(holder));
  const argument = "0".repeat(40);
  assert.deepEqual(
    requests,
    ["latestAnswer()", "latestTimestamp()", "decimals()"].map((signature) => ({
      type: "view",
      contract: FEED,
      functionSelector: selectorOf(signature),
      argument,
    })),
  );
  const accounts = [account, feed.updated, feed.decimals];
  assert.ok(accounts.every(({ holder }) => holder === FEED));
  assert.ok(accounts.every(({ asset }) => asset.requestType === "view"));
  assert.deepEqual(accounts.map(({ asset }) => asset.kind), ["price", "price_timestamp", "erc20_decimals"]);
  assert.equal(account.asset, feed);
  assert.equal(feed.mayChangeDecimals, true);
});

Deno.test("a price feed reads the answer and its time from a round as well", () => {
  const { round: { answer, updated } } = new PriceFeed(FEED);
  const call = { type: "view", contract: FEED, functionSelector: selectorOf("latestRoundData()"), argument: "" };
  assert.deepEqual(
    [answer, updated].map(({ asset, holder }) => asset.request(holder)),
    [1, 3].map((word) => ({ ...call, answer: { word, words: 5, isOpen: false } })),
  );
  for (const { asset } of [answer, updated]) {
    assert.deepEqual([asset.kind, asset.requestType], ["price_round", "view"]);
  }
});

Deno.test("the accounts of two feeds, and of a feed and a token of the contract, have keys of their own", () => {
  const [one, other] = [new PriceFeed(FEED), new PriceFeed(addressOf(8))];
  const keys = [one, other].flatMap((
    feed,
  ) => [feed.account(FEED).key, feed.updated.key, feed.decimals.key, feed.round.answer.key, feed.round.updated.key]);
  assert.equal(new Set([...keys, `${FEED}/${FEED}`]).size, 11, keys.join());
  assert.notEqual(one.id, other.id);
  assert.notEqual(one.id, FEED);
});

Deno.test("an answer is a price if it is positive", () => {
  const answers = [0n, 1n, 2n ** 255n - 1n, 2n ** 255n, 2n ** 256n - 1n];
  assert.deepEqual(answers.map(isPrice), [false, true, true, false, false]);
});
