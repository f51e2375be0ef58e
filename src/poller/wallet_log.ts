import { CODE_WATCH, isExpectedCode } from "../assets/code_watch.ts";
import { areTransactionsRead, TRANSACTIONS, transactionsOf } from "../assets/transactions.ts";
import type { WalletPlan } from "../plan/plan.ts";
import { log } from "../util/log.ts";
import { isHalted, type NetworkState } from "./state.ts";
import { createLineLimit, MAX_LINES_PER_POLL } from "./threshold_log.ts";
import { valueState } from "./value_states.ts";

/**
 * Logs when a wallet is delegated without being meant to be, or sends nothing for longer than expected, and when that
 * is over. A reload repeats no line.
 *
 * @param now milliseconds on the monotonic clock
 */
export type WalletLog = (state: NetworkState, now: number) => void;

const PROBLEMS = ["delegated", "silent"] as const;
type ProblemKind = (typeof PROBLEMS)[number];

const TEXTS: Readonly<Record<ProblemKind, readonly [begin: string, end: string]>> = {
  delegated: ["Wallet is delegated to a contract: do not top it up", "Wallet is no longer delegated unexpectedly"],
  silent: ["Wallet sends nothing", "Wallet sends again"],
};

/** Creates the log of one network's wallets. It outlives reloads. */
export function createWalletLog(network: string): WalletLog {
  const mayWrite = createLineLimit();
  /** What was last logged to be wrong with which wallet. */
  const wrong = new Set<string>();

  function write(kind: ProblemKind, { label, address, keys }: WalletPlan, isWrong: boolean): void {
    const fields = { network, wallet: label, address };
    const [begin, end] = TEXTS[kind];
    if (!isWrong) log.info(end, fields);
    else if (kind === "delegated") log.error(begin, fields);
    else log.warn(begin, { ...fields, expect: String(keys?.["expect"]) });
  }

  return (state, now) => {
    const { plan: { values, wallets } } = state;
    if (values === undefined) return;
    let lines = 0;
    let more = 0;
    for (const wallet of wallets) {
      for (const kind of PROBLEMS) {
        const isWrong = JUDGES[kind](state, wallet);
        if (isWrong === undefined || !isWrong && wrong.size === 0) continue;
        const key = JSON.stringify([kind, wallet.address, wallet.label]);
        if (isWrong === wrong.has(key)) continue;
        if (lines === MAX_LINES_PER_POLL) more++;
        else if (!mayWrite(key, now)) continue;
        else {
          lines++;
          write(kind, wallet, isWrong);
        }
        if (isWrong) wrong.add(key);
        else wrong.delete(key);
      }
    }
    if (more > 0) log.warn("More changes of wallets than logged", { network, more });
  };
}

/** Whether something is wrong with a wallet; undefined while that is unknown. */
const JUDGES: Readonly<Record<ProblemKind, (state: NetworkState, wallet: WalletPlan) => boolean | undefined>> = {
  delegated({ accounts }, { values = [], keys = {} }) {
    const account = values.find(({ asset }) => asset.kind === CODE_WATCH.kind);
    const reading = account && accounts.get(account)?.reading;
    return reading && !isExpectedCode(reading.amount, keys);
  },
  silent(network, { values = [], keys = {} }) {
    if (keys["expect"] === undefined || isHalted(network)) return undefined;
    const account = values.find(({ asset }) => asset.kind === TRANSACTIONS.kind);
    const state = account && valueState(network.accounts, account);
    if (state === undefined || areTransactionsRead(state) !== true) return undefined;
    const { silence = NaN, expected = NaN } = transactionsOf(state, keys) ?? {};
    return silence > expected;
  },
};
