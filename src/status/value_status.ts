import { CODE_WATCH, isExpectedCode } from "../assets/code_watch.ts";
import { type CodeKind, codeKindOf } from "../assets/code.ts";
import { TRANSACTIONS, type Transactions, transactionsOf } from "../assets/transactions.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import type { WalletPlan } from "../plan/plan.ts";
import type { NetworkState } from "../poller/state.ts";
import { type StateWithRelated, valueState } from "../poller/value_states.ts";
import type { Condition } from "./conditions.ts";

/** Fewer transactions that a balance is enough for are few. */
export const FEW_TRANSACTIONS = 100;

/** The transactions of a wallet that counts them. */
export interface TransactionsStatus {
  /** Undefined while they are unknown, and of a contract. */
  readonly known: Transactions | undefined;
  readonly isContract: boolean;
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
  /** Why the last attempt to read it failed. */
  readonly failure: Reason | undefined;
  readonly readAt: number | undefined;
}

/** @returns undefined if the wallet does not count its transactions */
export function transactionsStatus(network: NetworkState, wallet: WalletPlan): TransactionsStatus | undefined {
  const state = stateOf(network, wallet, TRANSACTIONS.kind);
  if (state === undefined) return undefined;
  const code = state.related?.["code"];
  const { reading } = code ?? {};
  return {
    known: transactionsOf(state, wallet.keys ?? {}),
    isContract: reading !== undefined && codeKindOf(reading.amount) === "contract",
    failure: state.failure ?? code?.failure,
    readAt: state.reading?.at,
  };
}

/** @returns undefined if the wallet's code is not watched */
export function codeStatus(network: NetworkState, wallet: WalletPlan): CodeStatus | undefined {
  const state = stateOf(network, wallet, CODE_WATCH.kind);
  if (state === undefined) return undefined;
  const { reading, changes, failure } = state;
  return {
    kind: reading && codeKindOf(reading.amount),
    isExpected: reading === undefined || isExpectedCode(reading.amount, wallet.keys ?? {}),
    changes: changes?.count ?? 0,
    since: changes?.at,
    failure,
    readAt: reading?.at,
  };
}

function stateOf({ accounts }: NetworkState, { values = [] }: WalletPlan, kind: string): StateWithRelated | undefined {
  const account = values.find(({ asset }) => asset.kind === kind);
  return account && valueState(accounts, account);
}

/** What is wrong with a wallet besides its balances. */
export function valueConditions(network: NetworkState, wallet: WalletPlan): readonly Condition[] {
  if (wallet.values === undefined) return NONE;
  const { known, failure } = transactionsStatus(network, wallet) ?? {};
  const { isStuck, silence, expected = Infinity, left = Infinity } = known ?? {};
  // Nobody knows what a wallet sends meanwhile, and on a halted chain nothing gets through.
  const isSeen = failure === undefined && !isHalted(network);
  const conditions: readonly (Condition | false)[] = [
    codeStatus(network, wallet)?.isExpected === false && "delegated",
    isSeen && isStuck === true && "stuck",
    isSeen && (silence ?? 0) > expected && "silent",
    left < FEW_TRANSACTIONS && "few_transactions",
  ];
  return conditions.filter((condition) => condition !== false);
}

function isHalted({ endpoints }: NetworkState): boolean {
  return endpoints.some(({ state }) => state === "halted");
}

const NONE: readonly Condition[] = [];
