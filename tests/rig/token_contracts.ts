/** A node whose methods can be called. */
interface Node {
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>;
}

/** A contract: its address ends in its number. */
function contract(number: number): string {
  return `0x${(0x7000 + number).toString(16).padStart(40, "c")}`;
}

/**
 * Tokens, good and bad, as code that stands for itself. A good one answers
 * `balanceOf` from its storage, where the holder's address is the slot.
 */
export const TOKENS = {
  /** 6 decimals. */
  good: contract(1),
  /** 18 decimals. */
  other: contract(2),
  /** Has balances, and no `decimals`. */
  unsaid: contract(3),
  /** Reverts. */
  reverting: contract(4),
  /** Takes all the gas it is given. */
  greedy: contract(5),
  /** Answers a single byte. */
  short: contract(6),
  /** Answers 100 kB. */
  long: contract(7),
  /** There is no contract. */
  missing: contract(8),
  /** Returns 200 decimals. */
  absurd: contract(9),
  /** Takes 230,000 gas to answer a balance of 1, of 18 decimals. */
  heavy: contract(10),
} as const;

/** `balanceOf` from storage, and anything else answered by `rest`. */
function token(rest: string): string {
  // PUSH1 0 CALLDATALOAD PUSH1 224 SHR PUSH4 70a08231 EQ PUSH1 at JUMPI … JUMPDEST PUSH1 4 CALLDATALOAD SLOAD, returned
  const at = (15 + rest.length / 2).toString(16).padStart(2, "0");
  return `0x60003560e01c6370a082311460${at}57${rest}5b6004355460005260206000f3`;
}

function returning(word: number): string {
  return `60${word.toString(16).padStart(2, "0")}60005260206000f3`;
}

const REVERT = "60006000fd";

const CODE: Readonly<Record<keyof typeof TOKENS, string>> = {
  good: token(returning(6)),
  other: token(returning(18)),
  unsaid: token(REVERT),
  reverting: `0x${REVERT}`,
  greedy: "0x5b600056",
  short: "0x60016000f3",
  long: "0x620186a06000f3",
  missing: "0x",
  absurd: token(returning(200)),
  heavy: `0x60003560e01c63313ce56714602e575a5b805a900362${(230_000).toString(16).padStart(6, "0")}1160105767${
    (10n ** 18n).toString(16).padStart(16, "0")
  }60005260206000f35b601260005260206000f3`,
};

/**
 * Puts the tokens on an anvil.
 *
 * @param node which
 */
export async function installTokens(node: Node): Promise<void> {
  await Promise.all(
    Object.entries(CODE).map(([name, code]) => node.rpc("anvil_setCode", [TOKENS[name as keyof typeof TOKENS], code])),
  );
}

/**
 * Gives a holder tokens.
 *
 * @param node an anvil
 * @param address of the token
 * @param holder with `0x`
 * @param amount in the token's smallest unit
 */
export async function setTokens(node: Node, address: string, holder: string, amount: bigint): Promise<void> {
  const word = (digits: string): string => `0x${digits.padStart(64, "0")}`;
  await node.rpc("anvil_setStorageAt", [address, word(holder.slice(2)), word(amount.toString(16))]);
}
