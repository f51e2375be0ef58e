import type { Account, Asset, Request, TokenAsset } from "./asset.ts";
import { contractDecimals, NO_ARGUMENT } from "./erc20.ts";

/** `latestAnswer()` and `latestTimestamp()` of Chainlink's feeds and of contracts with their interface. */
const LATEST_ANSWER = "50d25bcd";
const LATEST_TIMESTAMP = "8205bf6a";
/** `latestRoundData()`, which some feeds have alone: round, answer, start, time of the answer, round of the answer. */
const LATEST_ROUND_DATA = "feaf968c";
const ROUND_WORDS = 5;

/** A price that a contract reports, with decimals like a token. */
export class PriceFeed implements TokenAsset {
  readonly kind = "price";
  readonly requestType = "view";
  readonly id: string;
  /** With `0x`. */
  readonly contract: string;
  readonly decimals: Account;
  /** A proxy may get another feed. */
  readonly mayChangeDecimals = true;
  /** When the price was set, in seconds since the Unix epoch. */
  readonly updated: Account;
  /** The same of a feed that has rounds alone. */
  readonly round: Readonly<Record<"answer" | "updated", Account>>;

  constructor(contract: string) {
    this.contract = contract;
    this.id = `${contract}/price`;
    this.decimals = contractDecimals(contract);
    this.round = { answer: roundWord(contract, 1), updated: roundWord(contract, 3) };
    this.updated = { asset: new FeedTimestamp(contract), holder: contract, key: `${contract}/price_timestamp` };
  }

  request(): Request {
    return {
      type: "view",
      contract: this.contract,
      functionSelector: LATEST_ANSWER,
      argument: NO_ARGUMENT,
    };
  }

  account(holder: string): Account {
    return { asset: this, holder, key: this.id };
  }
}

/** The answer is signed: from here on it is negative. */
const NEGATIVE = 2n ** 255n;

/** Whether an answer is a price. */
export function isPrice(answer: bigint): boolean {
  return answer > 0n && answer < NEGATIVE;
}

class FeedTimestamp implements Asset {
  readonly kind = "price_timestamp";
  readonly requestType = "view";
  readonly contract: string;

  constructor(contract: string) {
    this.contract = contract;
  }

  request(): Request {
    return { type: "view", contract: this.contract, functionSelector: LATEST_TIMESTAMP, argument: NO_ARGUMENT };
  }
}

function roundWord(contract: string, word: number): Account {
  return { asset: new RoundWord(contract, word), holder: contract, key: `${contract}/round/${word}` };
}

class RoundWord implements Asset {
  readonly kind = "price_round";
  readonly requestType = "view";
  readonly contract: string;
  readonly word: number;

  constructor(contract: string, word: number) {
    this.contract = contract;
    this.word = word;
  }

  request(): Request {
    const answer = { word: this.word, words: ROUND_WORDS, isOpen: false };
    return { type: "view", contract: this.contract, functionSelector: LATEST_ROUND_DATA, argument: "", answer };
  }
}
