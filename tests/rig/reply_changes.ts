import type { Random } from "../fakes/random.ts";

/** A JSON-RPC answer. */
export type Reply = Readonly<Record<string, unknown>>;

/** What a change is given: the answers of the node, one a call, in the order of the calls. */
export interface Changeable {
  readonly replies: readonly Reply[];
  readonly methods: readonly string[];
  readonly random: Random;
  /** From the row of the fault matrix. */
  readonly value: unknown;
}

type ReplyChange = (answer: Changeable) => unknown;

/** Balances only: the chain id of a batch stays as it is. */
function ofBalances(change: (reply: Reply, answer: Changeable) => Reply | null | undefined): ReplyChange {
  return (answer) =>
    answer.replies.flatMap((reply, index) => {
      const isOther = answer.methods[index] !== "eth_getBalance" && answer.methods[index] !== "eth_call";
      const changed = isOther ? reply : change(reply, answer);
      return changed === undefined ? [] : [changed];
    });
}

/** Every third balance, chosen by the seed, so that others must be right beside it. */
function ofSome(change: (reply: Reply, answer: Changeable) => Reply | null | undefined): ReplyChange {
  return ofBalances((reply, answer) => answer.random.below(3) === 0 ? change(reply, answer) : reply);
}

/** Ways to change an answer, by the names that rows use. A list stays a list, and one answer one answer. */
export const REPLY_CHANGES = {
  shuffle: ({ replies, random }) => random.shuffle(replies),
  reverse: ({ replies }) => replies.toReversed(),
  drop: ofSome(() => undefined),
  "drop all but the chain": ofBalances(() => undefined),
  "double, equal": ({ replies }) => [...replies, ...replies],
  "double, different": ({ replies, methods }) => [
    ...replies,
    ...replies.flatMap((reply, index) => methods[index] === "eth_getBalance" ? [{ ...reply, result: "0x7" }] : []),
  ],
  "ids off by one": ofBalances((reply) => ({ ...reply, id: Number(reply["id"]) + 1 })),
  "ids of the neighbour": ({ replies }) =>
    replies.map((reply, index) => ({ ...reply, id: Number(replies.at(index - 1)?.["id"]) + 3 })),
  "no ids": ofBalances(({ result, error }) => ({ result, ...(error === undefined ? {} : { error }) })),
  "ids as text": ofBalances((reply) => ({ ...reply, id: String(reply["id"]) })),
  "ids null, as errors": ofSome(() => ({ jsonrpc: "2.0", id: null, error: { code: -32000, message: "oops" } })),
  "strangers between": ({ replies }) => replies.flatMap((reply) => [reply, { ...reply, id: 7, result: "0x7" }]),
  "one object": ({ replies }) => replies[0],
  "an empty list": () => [],
  "a null between": ofSome(() => null),
  "results and errors": ofBalances((reply) => ({ ...reply, error: { code: 1, message: "both" } })),
  "neither": ofBalances(({ id }) => ({ jsonrpc: "2.0", id })),
  "error as text": ofBalances(({ id }) => ({ id, error: "no" })),
  "error null": ofBalances((reply) => ({ ...reply, error: null })),
  "another answer": ofBalances((reply, { value }) => ({ ...reply, ...(value as Reply) })),
  "another answer for some": ofSome((reply, { value }) => ({ ...reply, ...(value as Reply) })),
  "error for some": ofSome(({ id }, { value }) => ({ jsonrpc: "2.0", id, error: value })),
  "error for the tail": ({ replies, methods, value }) =>
    replies.map((reply, index) =>
      methods[index] === "eth_getBalance" && index > 5 ? { jsonrpc: "2.0", id: reply["id"], error: value } : reply
    ),
  "leading zeros": ofBalances((reply) => hexed(reply, (digits) => `0x${digits.padStart(64, "0")}`)),
  "upper case": ofBalances((reply) => hexed(reply, (digits) => `0X${digits.toUpperCase()}`)),
  "a digit changed": ofBalances((reply, { random }) =>
    hexed(reply, (digits) => {
      const at = random.below(digits.length);
      return `0x${digits.slice(0, at)}${digits.charAt(at) === "5" ? "6" : "5"}${digits.slice(at + 1)}`;
    })
  ),
  "a word short": ofBalances((reply) => hexed(reply, (digits) => `0x${digits.slice(0, -64)}`)),
  "a word long": ofBalances((reply) => hexed(reply, (digits) => `0x${digits}${"0".repeat(64)}`)),
  "half a byte short": ofBalances((reply) => hexed(reply, (digits) => `0x${digits.slice(0, -1)}`)),
  "two words swapped": ofBalances((reply) =>
    hexed(
      reply,
      (digits) => `0x${digits.slice(0, 192)}${digits.slice(256, 320)}${digits.slice(192, 256)}${digits.slice(320)}`,
    )
  ),
} as const satisfies Readonly<Record<string, ReplyChange>>;

/** The name of a change. */
export type ReplyChangeName = keyof typeof REPLY_CHANGES;

function hexed(reply: Reply, change: (digits: string) => string): Reply {
  const { result } = reply;
  return typeof result === "string" ? { ...reply, result: change(result.slice(2)) } : reply;
}
