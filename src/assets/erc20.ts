import type { Account, Asset, Request, TokenAsset } from "./asset.ts";

/** `balanceOf(address)` and `decimals()`: https://eips.ethereum.org/EIPS/eip-20 */
const BALANCE_OF = "70a08231";
const DECIMALS = "313ce567";

/** The largest power of 10 that fits a word. */
const MAX_DECIMALS = 77n;

/** An ERC-20 token. A class, so that two plans with the same token are deeply equal. */
export class Erc20 implements TokenAsset {
  readonly kind = "erc20";
  readonly requestType = "view";
  /** With `0x`. */
  readonly contract: string;
  readonly id: string;
  readonly decimals: Account | undefined;

  /** @param hasDecimals whether its contract has `decimals()` */
  constructor(contract: string, hasDecimals = true) {
    this.contract = contract;
    // Another one, so that a reload asks a contract that was not asked before.
    this.id = hasDecimals ? contract : `${contract}/configured`;
    this.decimals = hasDecimals ? contractDecimals(contract) : undefined;
  }

  request(holder: string): Request {
    return { type: "view", contract: this.contract, functionSelector: BALANCE_OF, argument: holder.slice(2) };
  }

  account(holder: string): Account {
    return { asset: this, holder, key: `${this.contract}/${holder}` };
  }
}

/** Converts the result of `decimals()`; undefined if it is too large. */
export function decimalsFrom(word: bigint): number | undefined {
  return word > MAX_DECIMALS ? undefined : Number(word);
}

/** The decimals that a contract reports. */
export function contractDecimals(contract: string): Account {
  return { asset: new Erc20Decimals(contract), holder: contract, key: `${contract}/decimals` };
}

/** A function without parameters ignores it. */
export const NO_ARGUMENT = "0".repeat(40);

class Erc20Decimals implements Asset {
  readonly kind = "erc20_decimals";
  readonly requestType = "view";
  readonly contract: string;

  constructor(contract: string) {
    this.contract = contract;
  }

  request(): Request {
    return { type: "view", contract: this.contract, functionSelector: DECIMALS, argument: NO_ARGUMENT };
  }
}
