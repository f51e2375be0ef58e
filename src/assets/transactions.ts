import type * as Valibot from "valibot";
import { readDuration, WITH_UNITS } from "../util/duration.ts";
import type { Account, Asset } from "./asset.ts";
import type { AssetFamily, AssetKeys, AssetKind } from "./asset_kind.ts";
import { codeAccount, codeKindOf } from "./code.ts";
import { nativeAccount } from "./native.ts";
import { NONCE_PROGRAM } from "./nonce_program.ts";
import { pendingAccount } from "./pending.ts";
import type { Costs, ValueState } from "./value_state.ts";

/** Read by a call per wallet, in milliseconds. */
const PACE_MS = 300_000;

/** An address that sent anything never becomes a contract: its code is read to refuse contracts only, in milliseconds. */
const CODE_PACE = { pace: 86_400_000 };

/** The largest nonce: https://eips.ethereum.org/EIPS/eip-2681 */
const MAX_NONCE = 2n ** 64n - 2n;

/** The costs of fewer transactions say little about the next. */
const MIN_TRANSACTIONS = 3n;

const MIN_EXPECT_MS = 60_000;
const MAX_EXPECT_MS = 365 * 86_400_000;
const EXPECT = "a time from 1m to 365d, such as 1h";
const BOOLEAN = "true or false";

/** How many transactions an address sent. */
const NONCE: Asset = {
  kind: "transactions",
  requestType: "method",
  request: (address) => ({
    type: "method",
    method: "eth_getTransactionCount",
    params: [address],
    program: NONCE_PROGRAM,
  }),
  // It never falls: the endpoint is behind.
  judge: (count, previous = 0n) => count > MAX_NONCE ? "bad_value" : count < previous ? "lagging" : count,
  isDue: ({ related }) => !isContract(related?.["code"]),
};

/** What is known of the transactions of a wallet. */
export interface Transactions {
  readonly count: bigint;
  /** When a new one was last seen, in seconds since the Unix epoch; at first the first reading. */
  readonly lastAt: number;
  /** Seconds without a new one, up to the last reading. */
  readonly silence: number;
  /** The longest normal {@linkcode silence}, if it is configured. */
  readonly expected: number | undefined;
  /** How many wait in the node's pool; undefined if that was not asked since the last new one. */
  readonly pending: bigint | undefined;
  /** Whether the same transaction was pending in two readings, at least minutes apart. */
  readonly isStuck: boolean;
  /** What one cost in the last 24 hours, in the coin's smallest unit; undefined if there were too few. */
  readonly cost: bigint | undefined;
  /** How many the balance is enough for, at that cost. */
  readonly left: number | undefined;
}

/** @returns undefined while they are unknown, and for a contract, whose nonce counts something else */
export function transactionsOf(state: ValueState, keys: AssetKeys): Transactions | undefined {
  const { reading, changes, related = {} } = state;
  const { code, coin, pending } = related;
  const isKnown = code?.reading !== undefined && !isContract(code);
  if (!isKnown || reading === undefined || changes === undefined) return undefined;
  const { amount: count, at } = reading;
  const expect = expectOf(keys);
  const isAsked = pending?.reading !== undefined && pending.reading.at >= changes.at;
  const next = isAsked ? pending.reading.amount : undefined;
  const cost = costOf(changes.costs);
  return {
    count,
    lastAt: changes.at,
    silence: Math.max(0, at - changes.at),
    expected: expect === undefined ? undefined : expect / 1000,
    pending: next === undefined || next < count ? undefined : next - count,
    isStuck: next !== undefined && next > count && (pending?.changes?.before ?? 0n) > count,
    cost,
    left: cost === undefined || cost === 0n || coin?.reading === undefined
      ? undefined
      : Number(coin.reading.amount / cost),
  };
}

function costOf(costs: Costs | undefined): bigint | undefined {
  let spent = 0n;
  let increase = 0n;
  for (const hour of costs?.hours ?? []) [spent, increase] = [spent + hour.spent, increase + hour.increase];
  return increase < MIN_TRANSACTIONS ? undefined : spent / increase;
}

function isContract(code: ValueState | undefined): boolean {
  return code?.reading !== undefined && codeKindOf(code.reading.amount) === "contract";
}

/** In milliseconds. */
function expectOf(keys: AssetKeys): number | undefined {
  return readDuration(String(keys["expect"]));
}

function account(holder: string, keys: AssetKeys): Account | undefined {
  const expect = expectOf(keys);
  if (expect === undefined && String(keys["transactions"]).toLowerCase() !== "true") return undefined;
  const own = { asset: NONCE, holder, key: `transactions ${holder}`, sharesPace: true };
  const code = codeAccount(holder, CODE_PACE);
  const known = { coin: nativeAccount(holder), code };
  if (expect === undefined) return { ...own, pace: PACE_MS, related: known };
  const related = { ...known, pending: pendingAccount(holder, own) };
  return { ...own, pace: Math.min(PACE_MS, expect / 2), related };
}

/** Whether the last read succeeded; undefined before the first, and of a contract, which is not read. */
export function areTransactionsRead({ attempted, failure, related }: ValueState): boolean | undefined {
  const code = related?.["code"];
  if (!attempted || isContract(code)) return undefined;
  return failure === undefined && code?.reading !== undefined;
}

function family(
  name: string,
  help: string,
  value: (transactions: Transactions) => bigint | number | undefined,
  more: Partial<AssetFamily> = {},
): AssetFamily {
  return {
    name,
    type: "gauge",
    help,
    ...more,
    value(state, keys) {
      const transactions = transactionsOf(state, keys);
      return transactions && value(transactions);
    },
  };
}

function expectSchema(v: typeof Valibot): Valibot.GenericSchema {
  const shape = v.union(
    [v.pipe(v.number(EXPECT), v.integer(EXPECT)), v.pipe(v.string(EXPECT), v.regex(WITH_UNITS, EXPECT))],
    EXPECT,
  );
  const isInRange = (written: string | number): boolean => {
    const interval = readDuration(String(written)) ?? NaN;
    return interval >= MIN_EXPECT_MS && interval <= MAX_EXPECT_MS;
  };
  return v.optional(
    v.pipe(
      shape,
      v.check(isInRange, EXPECT),
      v.description("the longest time that the wallet normally sends nothing"),
    ),
  );
}

/** The transactions that a wallet sent, what they cost, and whether it still sends any. */
export const TRANSACTIONS: AssetKind = {
  kind: NONCE.kind,
  schema(v) {
    const toggle = v.optional(
      // A cell of a list in CSV is a string, which spreadsheet programs write in capitals.
      v.pipe(
        v.union(
          [v.boolean(BOOLEAN), v.pipe(v.string(BOOLEAN), v.regex(/^(true|false|TRUE|FALSE)$/, BOOLEAN))],
          BOOLEAN,
        ),
        v.description("whether the transactions that wallets send are counted"),
      ),
    );
    return { wallet: { transactions: toggle, expect: expectSchema(v) }, network: { transactions: toggle } };
  },
  account,
  families: [
    family("wallet_transactions_total", "Transactions that the wallet sent: its nonce.", ({ count }) => count, {
      type: "counter",
    }),
    family(
      "wallet_transactions_last_timestamp_seconds",
      "Time when a new transaction was last seen, in seconds since the Unix epoch; at first that of the first reading.",
      ({ lastAt }) => lastAt,
    ),
    {
      name: "wallet_transactions_expected_interval_seconds",
      type: "gauge",
      help: "Configured longest time that the wallet normally sends nothing.",
      value(_state, keys) {
        const interval = expectOf(keys);
        return interval && interval / 1000;
      },
    },
    family(
      "wallet_transactions_pending",
      "Transactions in the node's pool, asked of a wallet with `expect` that sends nothing: pending nonce minus nonce.",
      ({ pending }) => pending,
    ),
    family(
      "wallet_transaction_cost_eth",
      "What a transaction of the last 24 hours cost on average, in whole coins: spent divided by transactions, without " +
        "the times of top-ups; absent below three.",
      ({ cost }) => cost,
      { isCoin: true },
    ),
    family(
      "wallet_transactions_left",
      "How many transactions the balance is enough for, at that cost.",
      ({ left }) => left,
    ),
    {
      name: "wallet_transactions_check_success",
      type: "gauge",
      help: "1 when the last read of the nonce succeeded, 0 when it failed; absent before the first read, and of " +
        "contracts.",
      value(state) {
        const isGood = areTransactionsRead(state);
        return isGood === undefined ? undefined : Number(isGood);
      },
    },
  ],
};
