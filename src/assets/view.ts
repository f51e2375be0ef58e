import type { Account, Request, TokenAsset, ViewAnswer } from "./asset.ts";
import type { Reason } from "../jsonrpc/errors.ts";

/** A call of a contract's function, encoded. */
export interface ViewCall {
  /** As configured, for people. */
  readonly signature: string;
  /** Its selector of 8 hex digits. */
  readonly functionSelector: string;
  /** Its arguments, between the places of the wallet's address: one part if the address is no argument. */
  readonly argumentParts: readonly string[];
  /** @default one word */
  readonly answer?: ViewAnswer | undefined;
  /** Values from here on are not of the declared type. @default every word is one */
  readonly limit?: bigint | undefined;
}

/** A word that a contract's function returns. A class, so that two plans with the same view are deeply equal. */
export class View implements TokenAsset {
  readonly kind = "view";
  readonly requestType = "view";
  readonly id: string;
  /** The configuration says them: a word is not always an amount of the contract's token. */
  readonly decimals = undefined;
  /** With `0x`. */
  readonly contract: string;
  readonly call: ViewCall;

  constructor(contract: string, call: ViewCall) {
    const { functionSelector, argumentParts, answer } = call;
    this.contract = contract;
    this.call = call;
    this.id = `${contract}/${functionSelector}${argumentParts.join("wallet")}/${answer?.word ?? 0}`;
  }

  request(holder: string): Request {
    const { functionSelector, argumentParts, answer } = this.call;
    const argument = argumentParts.join(holder.slice(2).toLowerCase());
    const request = { type: "view", contract: this.contract, functionSelector, argument } as const;
    return answer === undefined ? request : { ...request, answer };
  }

  judge(value: bigint): bigint | Reason {
    const { limit } = this.call;
    return limit !== undefined && value >= limit ? "bad_value" : value;
  }

  account(holder: string): Account {
    return { asset: this, holder, key: `${this.id}/${holder}` };
  }
}
