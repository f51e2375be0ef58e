import type { Reason } from "../jsonrpc/errors.ts";
import type { ValueState } from "./value_state.ts";

/** The request that reads one account at a block. */
export type Request =
  /** The native balance of an address: `eth_getBalance`, or the BALANCE opcode. */
  | { readonly type: "balance"; readonly address: string }
  | ViewRequest
  /** Any other method with the block as its last parameter. */
  | MethodRequest;

/** A call of a contract's function, which returns words. */
export interface ViewRequest {
  readonly type: "view";
  readonly contract: string;
  /** Its selector of 8 hex digits. */
  readonly functionSelector: string;
  /** An address of 40 hex digits, or any arguments in the contract ABI's encoding. */
  readonly argument: string;
  /** @default one word */
  readonly answer?: ViewAnswer;
}

/** Which word of an answer is the value. */
export interface ViewAnswer {
  readonly word: number;
  /** How many words the answer has; at least, if more may follow them. */
  readonly words: number;
  readonly isOpen: boolean;
}

/** Maximum words of an answer, from the first to the one that is read. */
export const MAX_ANSWER_WORDS = 64;

const ADDRESS_DIGITS = 40;

/** Whether a view has an address as its only argument, and returns one word. */
export function isPlainView({ argument, answer }: ViewRequest): boolean {
  return answer === undefined && argument.length === ADDRESS_DIGITS;
}

/** The data of a view's call, as hex digits. */
export function callDataOf({ functionSelector, argument }: ViewRequest): string {
  return functionSelector + (argument.length === ADDRESS_DIGITS ? argument.padStart(64, "0") : argument);
}

/** Whether an answer of this length is what a view declares. */
export function isDeclaredAnswer({ words, isOpen }: ViewAnswer, bytes: number): boolean {
  return isOpen ? bytes >= 32 * words : bytes === 32 * words;
}

/** Maximum bytes of an answer that ends in data of any length, such as a list of addresses, as hex digits. */
export const OPEN_ANSWER_DIGITS = 32 * 1024;

/** What a view returns that declares nothing. */
export const ONE_WORD: ViewAnswer = { word: 0, words: 1, isOpen: false };

/** A method such as `eth_getTransactionCount`. */
export interface MethodRequest {
  readonly type: "method";
  readonly method: string;
  /** The parameters before the block, as JSON values. */
  readonly params: readonly unknown[];
  /** @throws {RpcError} `bad_value` @default a quantity */
  readonly decode?: (result: unknown) => bigint;
  /** Reads many holders in one `eth_call`, where the endpoint supports that. @default a call per holder */
  readonly program?: ValueProgram;
  /** Asked at this tag whichever block is read: the value belongs to no block. */
  readonly tag?: "pending";
}

/**
 * Code that a state override places for one `eth_call`, and that returns one word per holder, as described in
 * `evm/strategies/override_call.ts`. The same object for all accounts that can share a call. Its asset has a `judge`:
 * the last published values of such assets are kept.
 */
export interface ValueProgram {
  /** The address of the code: these 20 letters, which are no account's. */
  readonly name: string;
  /** As hex digits. It reads a key, then addresses of 20 bytes. */
  readonly code: string;
  /** Code that is placed at each holder, as hex digits. @default the holder's own */
  readonly holderCode?: string;
  /** Gas of a call without holders, and for each of them. */
  readonly gas: number;
  readonly gasPerHolder: number;
  /** Code that is placed at one more address, as hex digits, and the word of that address: else the answer is refused. */
  readonly control?: { readonly code: string; readonly word: bigint };
  /**
   * Addresses, with `0x`, of which some has a value of 1 or more on most chains: they show that the node runs the program
   * right while no holder has such a value. @default none
   */
  readonly references?: readonly string[];
  /** Whether words mean nothing without the previous value, so that the first comes from the method. */
  readonly needsPrevious: boolean;
  /** Converts words to values; undefined means that the method has to be asked. */
  valuesOf(answers: readonly HolderWord[]): readonly (bigint | undefined)[];
  /**
   * What the digest of the balance program has of an account with this value: the hash of its code, or 0 if there is none,
   * without the lowest two bits. @default the digest says nothing of these values
   */
  digestWord?(value: bigint): bigint;
  /** Whether a node that answers this value, and the same by the method, cannot have answered a default. */
  proves(value: bigint): boolean;
}

/** What a {@linkcode ValueProgram} returned for a holder. */
export interface HolderWord {
  readonly word: bigint;
  /** With `0x`. */
  readonly holder: string;
  /** The last published value, or what the method returned in this poll. */
  readonly previous: bigint | undefined;
}

/** How an account is requested: a strategy declares which types it supports. */
export type RequestType = Request["type"];

/** A kind of value read per wallet: the native coin, a token, a transaction count. */
export interface Asset {
  readonly kind: string;
  readonly requestType: RequestType;
  request(holder: string): Request;
  /**
   * Judges what a node returned.
   *
   * @param value not negative
   * @param previous the last one that was published
   * @returns the value, or why it is invalid. @default every value is valid
   */
  judge?(value: bigint, previous: bigint | undefined): bigint | Reason;
  /** Whether to read it in the next poll, if its pace allows that. @default always */
  isDue?(known: ValueState): boolean;
}

/** An asset that is shown as a token. */
export interface TokenAsset extends Asset {
  /** The same for equal assets of two plans, and for no other of its network: decimals are known by it. */
  readonly id: string;
  /** Its decimals, read like a balance; undefined if they are those of the configuration. */
  readonly decimals: Account | undefined;
  /** Set if they are read with every value. @default once */
  readonly mayChangeDecimals?: true;
  /** Its balance of an address, with `0x`. */
  account(holder: string): Account;
}

/** One value to read. Made once per plan, so that it can be the key of a map. */
export interface Account {
  readonly asset: Asset;
  /** The wallet's address, with `0x`. */
  readonly holder: string;
  /** The same for equal accounts of two plans. */
  readonly key: string;
  /** Among the accounts of its plan, for {@linkcode AccountMap} alone; none of an account that no plan lists. */
  readonly place?: number;
  /** The least time between two reads that take a call each, in milliseconds. @default read in every poll */
  readonly pace?: number;
  /** Whether the pace is the most, and is less where few values of the network are read so. @default {false} */
  readonly sharesPace?: boolean;
  /** Accounts that its metrics need, by name: they are read as well. */
  readonly related?: Readonly<Record<string, Account>>;
}

/** Polls do not begin at the millisecond: the share of a pace after which a value is due. */
export const PACE_SHARE = 0.9;

/**
 * Every how many polls an account is read that takes a call of its own.
 *
 * @param interval between two polls, in milliseconds
 */
export function pollsPerRead(pace: number | undefined, interval: number): number {
  return Math.max(1, Math.ceil(PACE_SHARE * (pace ?? 0) / interval));
}

/** Groups accounts by type of request, in their order. */
export function byRequestType(accounts: readonly Account[]): Partial<Record<RequestType, readonly Account[]>> {
  const [first] = accounts;
  if (first === undefined) return {};
  const { requestType } = first.asset;
  // Most networks have one kind only: do not copy 50,000 accounts.
  if (accounts.every(({ asset }) => asset.requestType === requestType)) return { [requestType]: accounts };
  return Object.groupBy(accounts, ({ asset }) => asset.requestType);
}

/** Whether an account is a native balance: if a network has any, they decide whether an endpoint is healthy. */
export function isNative({ asset }: Account): boolean {
  return asset.requestType === "balance";
}

/**
 * Whether an account is read by a method of its own. An endpoint may lack the method: these accounts never decide whether
 * it is healthy, and which strategy is used.
 */
export function isOfMethod({ asset }: Account): boolean {
  return asset.requestType === "method";
}

/** Whether the value of an account belongs to no block: it is read after the others, and not compared. */
export function isOfNoBlock({ asset, holder }: Account): boolean {
  const request = asset.requestType === "method" ? asset.request(holder) : undefined;
  return request?.type === "method" && request.tag !== undefined;
}

/** The contract that an account is read from; undefined if none is called. */
export function contractOf({ asset, holder }: Account): string | undefined {
  const request = asset.requestType === "view" ? asset.request(holder) : undefined;
  return request?.type === "view" ? request.contract : undefined;
}
