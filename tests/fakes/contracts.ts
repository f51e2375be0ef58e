import sha3 from "js-sha3";

/**
 * Contracts with the storage layout that compilers use for mappings, as code that stands for itself: for nodes whose
 * code can be set.
 *
 * @module
 */

/** Hex digits of code that leaves one word on the stack. */
type Expression = string;

/** The word of an argument, a constant, and the sender. */
export const arg = (index: number): Expression => `60${byte(4 + 32 * index)}35`;
export const number = (value: number | bigint): Expression => `7f${value.toString(16).padStart(64, "0")}`;
export const SENDER: Expression = "33";

/** The slot of a mapping for a key; of two for a mapping in a mapping. */
export function slot(key: Expression, base: Expression): Expression {
  return `${key}600052${base}6020526040600020`;
}

export function stored(place: Expression): Expression {
  return `${place}54`;
}

/** Code that returns words. */
export function returning(...words: readonly Expression[]): string {
  const stores = words.map((word, index) => `${word}61${(32 * index).toString(16).padStart(4, "0")}52`);
  return `${stores.join("")}61${(32 * words.length).toString(16).padStart(4, "0")}6000f3`;
}

/** Code that stores a word. */
export function store(place: Expression, word: Expression): string {
  return `${word}${place}55`;
}

/** Code that adds the value of the transaction to what is stored. */
export function pay(place: Expression): string {
  return `${place}805434019055`;
}

export const STOP = "00";
const REVERT = "60006000fd";
/** Bytes of a line of the dispatcher, and of the code around it. */
const [CASE, HEAD, FALLBACK] = [11, 6, 5];

/**
 * Makes the code of a contract.
 *
 * @param functions by signature, such as `balanceOf(address)`; any other call reverts
 */
export function contractCode(functions: Readonly<Record<string, string>>): string {
  const names = Object.keys(functions);
  let place = HEAD + CASE * names.length + FALLBACK;
  const cases = names.map((name) => {
    const line = `8063${selectorOf(name)}1461${place.toString(16).padStart(4, "0")}57`;
    place += 1 + (functions[name] ?? "").length / 2;
    return line;
  });
  return `0x60003560e01c${cases.join("")}${REVERT}${Object.values(functions).map((code) => `5b${code}`).join("")}`;
}

/** The selector of a function, as 8 hex digits. */
export function selectorOf(signature: string): string {
  return sha3.keccak256(signature).slice(0, 8);
}

/** The data of a call. */
export function callData(signature: string, ...words: readonly (bigint | string)[]): string {
  const texts = words.map((word) => typeof word === "bigint" ? word.toString(16) : word.slice(2).toLowerCase());
  return `0x${selectorOf(signature)}${texts.map((text) => text.padStart(64, "0")).join("")}`;
}

const INFINITE = 2n ** 256n - 1n;

/** The code of well-known contracts. */
export const CONTRACTS = {
  /** Deposits, and no `decimals()`. */
  entryPoint: contractCode({
    "balanceOf(address)": returning(stored(slot(arg(0), number(0)))),
    "depositTo(address)": pay(slot(arg(0), number(0))) + STOP,
  }),
  /** Allowances, of 6 decimals. */
  erc20: contractCode({
    "allowance(address,address)": returning(stored(slot(arg(1), slot(arg(0), number(1))))),
    "approve(address,uint256)": store(slot(arg(0), slot(SENDER, number(1))), arg(1)) + STOP,
    "balanceOf(address)": returning(number(7)),
    "decimals()": returning(number(6)),
  }),
  /** Items by holder and number. */
  erc1155: contractCode({
    "balanceOf(address,uint256)": returning(stored(slot(arg(0), slot(arg(1), number(0))))),
    "mint(address,uint256,uint256)": store(slot(arg(0), slot(arg(1), number(0))), arg(2)) + STOP,
  }),
  /** Items by holder alone. */
  erc721: contractCode({
    "balanceOf(address)": returning(stored(slot(arg(0), number(3)))),
    "mint(address,uint256)": store(slot(arg(0), number(3)), arg(1)) + STOP,
  }),
  /** Subscriptions with their consumers, a list after five words; and their balance alone. */
  subscriptions: contractCode({
    "getSubscription(uint256)": returning(
      stored(slot(arg(0), number(2))),
      number(5),
      number(77),
      number(0xabc),
      number(0xa0),
      number(2),
      number(0xdef),
      number(INFINITE >> 96n),
    ),
    "getBalance(uint256)": returning(stored(slot(arg(0), number(2)))),
    "fund(uint256)": pay(slot(arg(0), number(2))) + STOP,
  }),
  /** A price, when it was set, and its decimals. */
  feed: contractCode({
    "latestAnswer()": returning(stored(number(0))),
    "latestTimestamp()": returning(stored(number(1))),
    "decimals()": returning(stored(number(2))),
    "transmit(int256,uint256)": store(number(0), arg(0)) + store(number(1), arg(1)) + STOP,
    "setDecimals(uint8)": store(number(2), arg(0)) + STOP,
  }),
  /** The same by rounds alone. */
  roundFeed: contractCode({
    "latestRoundData()": returning(number(7), stored(number(0)), number(1), stored(number(1)), number(7)),
    "decimals()": returning(stored(number(2))),
    "transmit(int256,uint256)": store(number(0), arg(0)) + store(number(1), arg(1)) + STOP,
    "setDecimals(uint8)": store(number(2), arg(0)) + STOP,
  }),
} as const;

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
