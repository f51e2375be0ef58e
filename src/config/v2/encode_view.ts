/**
 * Encodes the calls of views. Loaded only when views are configured: loading viem takes a tenth of the start.
 *
 * @module
 */

import { encodeAbiParameters, toFunctionSelector } from "viem/utils";
import { MAX_ANSWER_WORDS, type ViewAnswer } from "../../assets/asset.ts";
import type { ViewCall } from "../../assets/view.ts";
import type { Field } from "../source/source_tree.ts";
import { closest, formatCount } from "../../util/text.ts";
import { checkAddress } from "../wallets/wallet_address.ts";

/** An argument as configured. */
type Written = string | number | boolean;

const SIGNATURE = /^(?:function\s+)?([A-Za-z_$][\w$]*)\s*\(([^()]*)\)[\sa-z]*?(?:\breturns\s*\(([^()]*)\))?$/;
const ELEMENTARY: ReadonlySet<string> = new Set([
  ..."address bool string bytes".split(" "),
  ...Array.from({ length: 32 }, (_, index) => [`bytes${index + 1}`, `int${8 * index + 8}`, `uint${8 * index + 8}`])
    .flat(),
]);
/** Stands for the wallet's address while the others are encoded: these 20 letters, which are no account's. */
const WALLET = `0x${new TextEncoder().encode("the-wallet's-address").toHex()}`;
/** Characters of a string or of bytes as text. */
const MAX_TEXT = 2000;

/**
 * Encodes the call of a view.
 *
 * @param view with the keys `call`, `args` and `word`, of the right shape
 * @returns undefined when anything is wrong, which is reported
 */
export function encodeView(
  view: Field,
  { call, args = [], word }: { call: string; args?: readonly Written[] | undefined; word?: number | undefined },
): ViewCall | undefined {
  const field = view.at("call");
  const [, name = "", inputs = "", outputs] = SIGNATURE.exec(call.trim()) ?? [];
  const types = typesIn(inputs);
  if (name === "") {
    return field.error("Invalid function", "Write its name and types, such as allowance(address,address) or nonce()");
  }
  const unknown = types.find((type) => !ELEMENTARY.has(type));
  if (unknown !== undefined) return field.error(...unknownType(unknown, "argument"));
  if (args.length !== types.length) {
    return view.at("args").error(`The function has ${formatCount(types.length, "argument")}, found ${args.length}`, "");
  }
  const values = types.map((type, index) => valueOf(type, args[index] ?? "", view.at("args").at(index)));
  const answer = answerOf(word, outputs === undefined ? undefined : typesIn(outputs), view);
  if (values.includes(undefined) || answer === undefined) return undefined;
  const encoded = encodeAbiParameters(types.map((type) => ({ type })), values).slice(2);
  return {
    signature: call.trim(),
    functionSelector: toFunctionSelector(`${name}(${types.join()})`).slice(2),
    argumentParts: encoded.split(WALLET.slice(2)),
    ...answer,
  };
}

/** What is wrong with a type, and what to do. */
function unknownType(type: string, of: "argument" | "answer"): [message: string, advice: string] {
  const near = closest(type.replace(/\[.*/, ""), [...ELEMENTARY]);
  const advice = of === "argument"
    ? "Use types such as address, uint256, bool, bytes32 or string, without lists"
    : "Use types without structs, or leave returns (...) out";
  const shown = /^[a-z]{1,12}\d{0,3}(\[\d{0,2}\])?$/.test(type) ? ` ${type}` : "";
  const isNear = near !== undefined && !type.startsWith(near);
  return [`Invalid type${shown} of an ${of}`, `${isNear ? `Did you mean ${near}? ` : ""}${advice}`];
}

/** The types of a list of parameters, without their names. */
function typesIn(parameters: string): readonly string[] {
  if (parameters.trim() === "") return [];
  return parameters.split(",").map((each) => {
    const [type = ""] = each.trim().split(/\s+/);
    return type.replace(/^(u?int)(?=\[|$)/, "$1256");
  });
}

/** @returns undefined when it is not of the type, which is reported */
function valueOf(type: string, written: Written, field: Field): unknown {
  const value = type === "address" ? addressOf(written, field) : convert(type, written);
  if (value === undefined) return type === "address" && isHex(written) ? undefined : report();
  try {
    encodeAbiParameters([{ type }], [value]);
    return value;
  } catch {
    return report();
  }

  function report(): undefined {
    return field.error(`Must be ${EXPECTED[type.replace(/\d+$/, "")] ?? "a value"}, of the type ${type}`, "");
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  address: "wallet, or 0x followed by 40 hex digits",
  bool: "true or false",
  string: `a string of at most ${MAX_TEXT} characters`,
  bytes: "0x followed by hex digits",
  uint: "a whole number, in quotes if it is long",
  int: "a whole number, in quotes if it is long",
};

/** `wallet` is kept apart from an address that is written so. */
function addressOf(written: Written, field: Field): string | undefined {
  return written === "wallet" ? WALLET : isHex(written) ? checkAddress(field) : undefined;
}

/** Whether it is meant to be an address. */
function isHex(written: Written): boolean {
  return /^(0x|[0-9a-f]{20})/i.test(String(written)) && typeof written === "string";
}

function convert(type: string, written: Written): unknown {
  if (type === "bool") return typeof written === "boolean" ? written : undefined;
  if (type.includes("int")) {
    const isWhole = typeof written === "number"
      ? Number.isSafeInteger(written)
      : /^(-?\d{1,78}|0x[0-9a-f]{1,64})$/i.test(String(written));
    return isWhole && typeof written !== "boolean" ? BigInt(written) : undefined;
  }
  if (typeof written !== "string" || written.length > MAX_TEXT) return undefined;
  return type === "string" || /^0x([0-9a-f]{2})*$/i.test(written) ? written : undefined;
}

/**
 * Reads which word is the value.
 *
 * @param types of the answer, if they are declared
 * @returns undefined when it is wrong, which is reported
 */
function answerOf(
  word: number | undefined,
  types: readonly string[] | undefined,
  view: Field,
): Pick<ViewCall, "answer" | "limit"> | undefined {
  if (types === undefined) {
    // Without types an index alone says that there may be more words.
    return word === undefined ? {} : { answer: { word, words: word + 1, isOpen: true } };
  }
  const words = types.flatMap(wordsOf);
  const { length } = words;
  const index = word ?? 0;
  const type = words[index];
  const unknown = types.find((type) => wordsOf(type).includes(UNKNOWN));
  if (unknown !== undefined) return view.at("call").error(...unknownType(unknown, "answer"));
  if (length === 0 || length > MAX_ANSWER_WORDS) {
    return view.at("call").error("Invalid types of the answer", "Leave returns (...) out");
  }
  if (type === undefined) {
    const message = `The answer has ${length === 1 ? "one word" : `the words 0 to ${length - 1}`}, found word ${index}`;
    return view.at("word").error(message, "");
  }
  const [, sign, bits] = /^(u?)int(\d+)$/.exec(type) ?? [];
  if (sign === undefined && type !== "bool") {
    return view.at(word === undefined ? "call" : "word").error(
      `Word ${index} of the answer is not a number: ${type}`,
      "",
    );
  }
  const places = type === "bool" ? 1 : Number(bits) - (sign === "u" ? 0 : 1);
  const isOpen = words.some((each) => DYNAMIC.test(each));
  const answer: ViewAnswer | undefined = length === 1 && !isOpen ? undefined : { word: index, words: length, isOpen };
  return { answer, ...places < 256 ? { limit: 2n ** BigInt(places) } : {} };
}

const DYNAMIC = /^(string|bytes)$|\[\]$/;
const UNKNOWN = "?";

/** What each word of a value is: of data of any length its place. */
function wordsOf(type: string): readonly string[] {
  const [, element = "", count] = /^(\w+)(?:\[(\d{0,2})\])?$/.exec(type) ?? [];
  if (!ELEMENTARY.has(element)) return [UNKNOWN];
  if (count === undefined || count === "" || DYNAMIC.test(element)) return [type];
  return Array.from({ length: Number(count) }, () => element);
}
