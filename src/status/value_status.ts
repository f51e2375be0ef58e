import { CODE_WATCH, isCodeRead, isExpectedCode } from "../assets/code_watch.ts";
import { type CodeKind, codeKindOf } from "../assets/code.ts";
import { areTransactionsRead, TRANSACTIONS, type Transactions, transactionsOf } from "../assets/transactions.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import type { WalletPlan } from "../plan/plan.ts";
import { isHalted, type NetworkState, UNKNOWN } from "../poller/state.ts";
import { type StateWithRelated, valueState } from "../poller/value_states.ts";
import type { Condition } from "./conditions.ts";

/** Fewer transactions that a balance is enough for are few. */
export const FEW_TRANSACTIONS = 100;

/** The transactions of a wallet that counts them. */
export interface TransactionsStatus {
  /** Undefined while they are unknown, and of a contract. */
  readonly known: Transactions | undefined;
  readonly isContract: boolean;
  /** Whether the last attempt to read them succeeded; undefined before the first, and of a contract. */
  readonly isRead: boolean | undefined;
  /** Why the last attempt to read them failed. */
  readonly failure: Reason | undefined;
  /** When they were last read, in seconds since the Unix epoch. */
  readonly readAt: number | undefined;
}

/** The code of a wallet that is watched for it. */
export interface CodeStatus {
  /** Undefined while it is unknown. */
  readonly kind: CodeKind | undefined;
  /** False while the wallet is delegated without being meant to be. */
  readonly isExpected: boolean;
  /** Since the exporter started. */
  readonly changes: number;
  /** When it last changed, or was first read, in seconds since the Unix epoch. */
  readonly since: number | undefined;
  /** Whether the last attempt to read it succeeded; undefined before the first. */
  readonly isRead: boolean | undefined;
  /** Why the last attempt to read it failed. */
  readonly failure: Reason | undefined;
  readonly readAt: number | undefined;
}

/** Of a wallet; undefined what it does not have. */
interface ValueStatuses {
  readonly transactions: TransactionsStatus | undefined;
  readonly code: CodeStatus | undefined;
}

/** @returns undefined if the wallet does not count its transactions */
export function transactionsStatus(network: NetworkState, wallet: WalletPlan): TransactionsStatus | undefined {
  const state = stateOf(network, wallet, TRANSACTIONS.kind);
  if (state === undefined) return undefined;
  const { keys = {} } = wallet;
  const code = state.related?.["code"];
  const value = code?.reading?.amount;
  return {
    known: transactionsOf(state, keys),
    isContract: value !== undefined && codeKindOf(value) === "contract",
    isRead: areTransactionsRead(state),
    failure: state.failure ?? code?.failure,
    readAt: state.reading?.at,
  };
}

/** @returns undefined if the wallet's code is not watched */
export function codeStatus(network: NetworkState, wallet: WalletPlan): CodeStatus | undefined {
  const state = stateOf(network, wallet, CODE_WATCH.kind);
  if (state === undefined) return undefined;
  const { keys = {} } = wallet;
  const { reading, changes, failure } = state;
  return {
    kind: reading && codeKindOf(reading.amount),
    isExpected: reading === undefined || isExpectedCode(reading.amount, keys),
    changes: changes?.count ?? 0,
    since: changes?.at,
    isRead: isCodeRead(state),
    failure,
    readAt: reading?.at,
  };
}

function stateOf({ accounts }: NetworkState, { values = [] }: WalletPlan, kind: string): StateWithRelated | undefined {
  const account = values.find(({ asset }) => asset.kind === kind);
  return account && valueState(accounts, account);
}

/** A value of a wallet that was not read in the last attempt. */
export interface UnreadValue {
  readonly kind: "transactions" | "code";
  readonly failure: Reason | undefined;
}

/** Lists the values of a wallet that were not read in the last attempt. */
export function unreadValues({ transactions, code }: ValueStatuses): readonly UnreadValue[] {
  const all = [["transactions", transactions], ["code", code]] as const;
  return all.flatMap(([kind, status]) => status?.isRead === false ? [{ kind, failure: status.failure }] : []);
}

/** What is wrong with a wallet besides its balances. */
export function valueConditions(network: NetworkState, wallet: WalletPlan): readonly Condition[] {
  if (wallet.values === undefined) return NONE;
  const transactions = transactionsStatus(network, wallet);
  const code = codeStatus(network, wallet);
  const { isStuck, silence = NaN, expected = Infinity, left = Infinity } = transactions?.known ?? {};
  // Nobody knows what a wallet sends meanwhile, and on a halted chain nothing gets through.
  const isSeen = transactions?.isRead === true && !isHalted(network);
  const isUnread = unreadValues({ transactions, code }).length > 0;
  const conditions: readonly (Condition | false)[] = [
    code?.isExpected === false && "delegated",
    isSeen && isStuck === true && "stuck",
    isSeen && silence > expected && "silent",
    left < FEW_TRANSACTIONS && "few_transactions",
    isUnread && isCoinRead(network, wallet) !== false && "values_unreadable",
  ];
  return conditions.filter((condition) => condition !== false);
}

/** Whether a wallet's coin was read, as `wallet_balance_check_success` has it; undefined if it was never tried. */
export function isCoinRead(
  { accounts }: NetworkState,
  { account, hasInvalidMinimum }: WalletPlan,
): boolean | undefined {
  const { attempted, failure } = accounts.get(account) ?? UNKNOWN;
  return attempted ? failure === undefined && !hasInvalidMinimum : undefined;
}

const NONE: readonly Condition[] = [];
