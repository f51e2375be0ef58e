import type { WalletPlan } from "../plan/plan.ts";
import type { AccountState } from "../poller/book.ts";
import { BLOCK, type Block, type LineSource, writeBlocks } from "./blocks.ts";
import type { FamilyHead } from "./exposition.ts";
import type { NetworkView, View } from "./view.ts";
import type { WalletSeries } from "./wallet_series.ts";

/** A family whose samples are made from a view. */
export interface Family extends FamilyHead {
  /** The names of its labels, besides those of every series and those that the configuration adds. */
  readonly labels: readonly string[];
  /**
   * Writes the samples: whole lines, some at a time, so that a long family can be interrupted.
   *
   * @param view the present
   * @param before an earlier view that {@linkcode isComparable} to it: what is the same is not written again
   */
  samples(view: View, before?: View): Iterable<Block>;
}

/** The labels of a wallet. */
export const WALLET_LABELS: readonly string[] = ["address", "label", "network"];

/** What a sample shows: text is made of it, so equal facts make equal lines. */
type Fact = bigint | number;

/** How a family with one sample per wallet is made. */
export interface SampleOptions<F extends Fact> {
  /** @returns none when there is no sample */
  readonly fact: (account: AccountState, wallet: WalletPlan) => F | undefined;
  /** @param decimals of the network's coin */
  readonly show: (fact: F, decimals: number) => number;
  /** Whether there is no sample while the last good reading is too old to be shown. @default {false} */
  readonly expires?: boolean;
  /** The value of rejected entries; none when they have no sample. */
  readonly rejected?: number;
}

/**
 * Makes a family with one sample per wallet.
 *
 * @param head see {@linkcode FamilyHead}
 * @param options see {@linkcode SampleOptions}
 */
export function sampleFamily<F extends Fact>(head: FamilyHead, options: SampleOptions<F>): Family {
  const { fact, show, expires = false, rejected } = options;
  const factOf = (network: NetworkView, index: number): F | undefined => {
    const wallet = network.plan.wallets[index];
    const account = wallet && network.accounts[wallet.account];
    if (!network.hasCoin || account === undefined || wallet === undefined) return undefined;
    return expires && isStale(account, network) ? undefined : fact(account, wallet);
  };
  const source: LineSource = {
    write(network, index) {
      const shown = factOf(network, index);
      const series = network.series.wallets[index];
      if (shown === undefined || series === undefined) return "";
      return `${head.name}${series.head}${series.middle}${series.tail}${show(shown, network.plan.decimals)}\n`;
    },
    isSame: (network, before, index) => factOf(network, index) === factOf(before, index),
  };
  return {
    ...head,
    labels: WALLET_LABELS,
    *samples(view, before) {
      yield* writeBlocks(view, before, source);
      if (rejected !== undefined) yield* rejectedEntries(head.name, rejected, view, before);
    },
  };
}

function* rejectedEntries(name: string, value: number, { networks }: View, before: View | undefined): Iterable<Block> {
  const lines = networks.flatMap(({ series }) => series.rejected);
  for (let first = 0; first < lines.length; first += BLOCK) {
    const block = lines.slice(first, first + BLOCK);
    yield before === undefined ? block.map((line) => `${name}${line}${value}\n`).join("") : undefined;
  }
}

/** A wallet with everything its lines are made of. */
export interface Row {
  readonly wallet: WalletPlan;
  readonly series: WalletSeries;
  readonly account: AccountState;
  /** Whether its last good reading is too old to be shown. */
  readonly stale: boolean;
}

/**
 * Makes a family with any number of samples per wallet.
 *
 * @param head see {@linkcode Family}
 * @param write whole lines; empty for none
 * @param isSame reports whether {@linkcode write} returns the same for two states of an account of the same age
 */
export function linesFamily(
  head: Omit<Family, "samples">,
  write: (row: Row) => string,
  isSame: (account: AccountState, before: AccountState, wallet: WalletPlan) => boolean,
): Family {
  const source: LineSource = {
    write(network, index) {
      const row = rowOf(network, index);
      return row === undefined ? "" : write(row);
    },
    isSame(network, before, index) {
      const wallet = network.plan.wallets[index];
      const account = wallet && network.accounts[wallet.account];
      const other = wallet && before.accounts[wallet.account];
      if (wallet === undefined || account === undefined || other === undefined) return account === other;
      return isStale(account, network) === isStale(other, before) && isSame(account, other, wallet);
    },
  };
  return { ...head, samples: (view, before) => writeBlocks(view, before, source) };
}

function rowOf(network: NetworkView, index: number): Row | undefined {
  const wallet = network.plan.wallets[index];
  const series = network.series.wallets[index];
  const account = wallet && network.accounts[wallet.account];
  if (!network.hasCoin || wallet === undefined || series === undefined || account === undefined) return undefined;
  return { wallet, series, account, stale: isStale(account, network) };
}

/** Reports whether the last good reading of an account is too old to be shown. */
export function isStale({ reading }: AccountState, { oldest }: NetworkView): boolean {
  return reading !== undefined && reading.readAt < oldest;
}
