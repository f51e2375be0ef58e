import type { Reason } from "../jsonrpc/errors.ts";

/** What a node is asked for to read one account at a block. */
export type Request =
  /** The native balance of an address: `eth_getBalance`, or the BALANCE opcode. */
  | { readonly type: "balance"; readonly address: string }
  /** A function of a contract that returns one word: its 8 hex digits, and its argument, an address of 40. */
  | { readonly type: "view"; readonly contract: string; readonly functionSelector: string; readonly argument: string }
  /** Any other method whose last parameter is the block. */
  | MethodRequest;

/** A method such as `eth_getTransactionCount`. */
export interface MethodRequest {
  readonly type: "method";
  readonly method: string;
  /** The parameters before the block, as JSON values. */
  readonly params: readonly unknown[];
  /** @throws {RpcError} `bad_value` @default a quantity */
  readonly decode?: (result: unknown) => bigint;
}

/** How an account is asked for: a read strategy says which of them it carries. */
export type RequestType = Request["type"];

/** What is read of a wallet: the native coin, a token, a transaction count. */
export interface Asset {
  readonly kind: string;
  readonly requestType: RequestType;
  request(holder: string): Request;
  /**
   * Judges what a node returned.
   *
   * @param value not negative
   * @param previous the last one that was published
   * @returns the value, or why it cannot be one. @default every value is one
   */
  judge?(value: bigint, previous: bigint | undefined): bigint | Reason;
}

/** One value to read. Made once per plan, so that it can be the key of a map. */
export interface Account {
  readonly asset: Asset;
  /** Whose, with `0x`. */
  readonly holder: string;
  /** The same for equal accounts of two plans. */
  readonly key: string;
}

/** Cuts accounts into those of one way to ask, in their order. */
export function byRequestType(accounts: readonly Account[]): Partial<Record<RequestType, readonly Account[]>> {
  const [first] = accounts;
  if (first === undefined) return {};
  const { requestType } = first.asset;
  // Most networks have one kind only: no copy of 50,000 accounts.
  if (accounts.every(({ asset }) => asset.requestType === requestType)) return { [requestType]: accounts };
  return Object.groupBy(accounts, ({ asset }) => asset.requestType);
}

/** Whether an account is a native balance: where there are any, they decide whether an endpoint is healthy. */
export function isNative({ asset }: Account): boolean {
  return asset.requestType === "balance";
}

/** The contract that an account is read from; none of those that no contract is asked for. */
export function contractOf({ asset, holder }: Account): string | undefined {
  const request = asset.requestType === "view" ? asset.request(holder) : undefined;
  return request?.type === "view" ? request.contract : undefined;
}
