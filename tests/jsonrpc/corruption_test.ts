import assert from "node:assert/strict";
import { balanceAt } from "../../src/evm/strategies/calls.ts";
import { readAnswer } from "../../src/jsonrpc/read_answer.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { createRandom, type Random } from "../fakes/random.ts";

const ROUNDS = Number(Deno.env.get("ROUNDS") ?? 100_000);
const FIRST = 4_294_000_000;
const STEP = 137;

/** A list of answers, to be corrupted. */
type Items = Record<string, unknown>[];

/** Every way to corrupt a list of answers, but one: a digit changed inside a quantity is a quantity still. */
const CORRUPTIONS: readonly ((items: Items, random: Random) => unknown)[] = [
  (items, random) => random.shuffle(items),
  (items, random) => items.toSpliced(random.below(items.length), 1 + random.below(items.length)),
  (items, random) => [...items, ...items.slice(0, random.below(items.length))],
  (items, random) => corrupt(items, random, (item) => ({ ...item, id: Number(item.id) + random.below(9) - 4 })),
  (items, random) => items.map((item) => ({ ...item, id: FIRST + STEP * 1000 + random.below(100) })),
  (items, random) =>
    corrupt(items, random, (item) => ({ ...item, id: random.pick([null, undefined, true, "x", {}, 1.5, NaN]) })),
  (items, random) => corrupt(items, random, (item) => ({ ...item, id: String(item.id) })),
  (items, random) => corrupt(items, random, (item) => ({ ...item, result: random.pick(JUNK) })),
  (items, random) => corrupt(items, random, (item) => ({ ...item, error: { code: -32000, message: "no" } })),
  (items, random) => corrupt(items, random, ({ id }) => ({ id, error: random.pick(["no", {}, 5, { code: "x" }]) })),
  (items, random) => corrupt(items, random, ({ id }) => ({ id })),
  (items, random) => [...items, random.pick([null, 5, "x", [], {}, { id: FIRST - 50, result: "0x1" }])],
  (items, random) => items[random.below(items.length)],
  () => [],
  (items) => ({ items }),
  (items) => [items],
];

const JUNK: readonly unknown[] = ["", " ", "0x", "0xzz", "-0x5", "123", 5, 0, -1, 1e30, true, false, null, [], {}, [
  "0x1",
], `0x${"0".repeat(65)}`];

/** Ways to corrupt the text itself, so that it is another text or no JSON; none of them reaches into a quantity. */
const TEXT_CORRUPTIONS: readonly ((text: string, random: Random) => string)[] = [
  corruptCharacter,
  corruptCharacter,
  corruptCharacter,
  corruptCharacter,
  (text, random) => text.slice(0, random.below(text.length)),
  (text) => `${text}}`,
  (text) => text.replaceAll('"id"', '"Id"'),
  (text) => text.replaceAll('"result"', '"result":null,"result"'),
  (text) => text.replace('"result":', '"result":NaN,"x":'),
  () => "<html>Bad gateway</html>",
  (text, random) => "[".repeat(random.below(100)) + text,
];

const CHARACTERS = [..."0123456789abcdefxABCDEFX \n\t\"'\\{}[]:,+-._/\u0000\uFEFF\uD800é"];

const QUANTITY = /"0[xX][0-9a-fA-F]{1,64}"/g;

/**
 * Puts a character in, takes one out, or puts another in its place. Where that
 * makes a hex quantity of another one, or of junk, no client can see it, and
 * the text stays as it was.
 */
function corruptCharacter(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const removed = random.below(3) === 0 ? 0 : 1;
  const added = removed === 0 || random.below(2) === 0 ? random.pick(CHARACTERS) : "";
  const corrupted = text.slice(0, at) + added + text.slice(at + removed);
  const left = [...text.match(QUANTITY) ?? []];
  for (const quantity of corrupted.match(QUANTITY) ?? []) {
    const index = left.indexOf(quantity);
    if (index === -1) return text;
    left.splice(index, 1);
  }
  return corrupted;
}

/** Gives an answer a twin that says something else; it must be there still, for without it the twin is the answer. */
function contradict(items: Items, random: Random): Items {
  const item = random.pick(items);
  return random.below(2) === 0 ? [...items, { ...item, result: "0x7" }] : [{ ...item, result: "0x7" }, ...items];
}

function corrupt(
  items: Items,
  random: Random,
  change: (item: Record<string, unknown>) => Record<string, unknown>,
): Items {
  const index = random.below(items.length);
  return items.map((item, at) => at === index ? change(item) : item);
}

Deno.test(`${ROUNDS} corrupted answers give no wrong value and no other error than an RpcError`, () => {
  const seed = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  let values = 0;
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const count = 2 + random.below(6);
    const truth = Array.from({ length: count }, () => BigInt(random.below(2 ** 31)) << BigInt(random.below(200)));
    let items: Items = truth.map((wei, index) => ({
      jsonrpc: "2.0",
      id: FIRST + STEP * index,
      result: `0x${wei.toString(16)}`,
    }));
    let body: unknown = items;
    for (let times = 1 + random.below(3); times > 0 && Array.isArray(body) && items.length > 0; times--) {
      body = random.pick(CORRUPTIONS)(items, random);
      items = Array.isArray(body) ? body.filter((item) => typeof item === "object" && item !== null) : [];
    }
    const contradicts = Array.isArray(body) && items.length > 1 && random.below(8) === 0;
    let text = JSON.stringify(contradicts ? contradict(items, random) : body) ?? "null";
    if (!contradicts && random.below(2) === 0) text = random.pick(TEXT_CORRUPTIONS)(text, random);
    const status = random.below(20) === 0 ? random.pick([204, 302, 400, 403, 413, 429, 500, 503]) : 200;
    const read = readAll(text, status, count);
    for (const [index, value] of read.entries()) {
      if (typeof value !== "bigint") refused++;
      else values++;
      const isRight = typeof value !== "bigint" || value === truth[index];
      assert.ok(
        isRight,
        `seed ${seed}, round ${round}: call ${index} was given ${value}, the truth is ${truth[index]}: ${text}`,
      );
    }
  }
  assert.ok(
    values > ROUNDS / 2 && refused > ROUNDS / 2,
    `the corruptions are too harsh or too mild: ${values} read, ${refused} refused`,
  );
});

function readAll(text: string, status: number, count: number): readonly (bigint | RpcError)[] {
  const calls = Array.from({ length: count }, () => balanceAt("0x0", 1n));
  try {
    return readAnswer(calls, { first: FIRST, step: STEP, count }, {
      status,
      text,
      receivedBytes: text.length,
      retryAfter: undefined,
    });
  } catch (error) {
    if (error instanceof RpcError) return new Array<RpcError>(count).fill(error);
    throw error;
  }
}
