import type { NetworkView, View } from "./view.ts";

/** What writes the lines of a family, wallet by wallet. */
export interface LineSource {
  /**
   * @param network as it is now
   * @param wallet index into the plan's wallets
   * @returns whole lines; empty for none
   */
  write(network: NetworkView, wallet: number): string;
  /** Reports whether a wallet's lines are those of before. Only accounts and ages can differ. */
  isSame(network: NetworkView, before: NetworkView, wallet: number): boolean;
}

/** Some text of a family, or nothing where it is the same as in the view before. */
export type Block = string | undefined;

/** Wallets in one block: enough for compression, few enough that some blocks stay the same. */
export const BLOCK = 256;

/** Consecutive wallets of one network. */
interface Segment {
  /** Index into the view's networks. */
  readonly network: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Writes the lines of all wallets in blocks; blocks whose lines did not change are
 * not written again.
 *
 * @param view the present
 * @param before an earlier view for which {@linkcode isComparable} holds; none to write all
 * @param source see {@linkcode LineSource}
 */
export function* writeBlocks(view: View, before: View | undefined, source: LineSource): Iterable<Block> {
  for (const segments of segmentsOf(view)) {
    if (before !== undefined && segments.every((segment) => isSameSegment(segment, view, before, source))) {
      yield undefined;
      continue;
    }
    let text = "";
    for (const segment of segments) text += textOf(segment, view, source);
    yield text;
  }
}

/**
 * Reports whether two views are of the same wallets in the same order, with the
 * same labels, so that their blocks correspond.
 */
export function isComparable({ networks }: View, before: View): boolean {
  return networks.length === before.networks.length &&
    networks.every((network, index) => isSameButReadings(network, before.networks[index]));
}

/** Whatever else a view may get: only accounts and ages are compared wallet by wallet. */
function isSameButReadings(network: NetworkView, before: NetworkView | undefined): boolean {
  if (before === undefined) return false;
  const { accounts: _accounts, oldest: _oldest, ...rest } = network;
  const known = new Map(Object.entries(before));
  return Object.entries(rest).every(([key, value]) => known.get(key) === value);
}

function* segmentsOf({ networks }: View): Iterable<readonly Segment[]> {
  let segments: Segment[] = [];
  let room = BLOCK;
  for (const [network, { plan: { wallets } }] of networks.entries()) {
    for (let from = 0; from < wallets.length;) {
      const to = Math.min(from + room, wallets.length);
      segments.push({ network, from, to });
      room -= to - from;
      from = to;
      if (room > 0) continue;
      yield segments;
      segments = [];
      room = BLOCK;
    }
  }
  if (segments.length > 0) yield segments;
}

function isSameSegment({ network, from, to }: Segment, view: View, before: View, { isSame }: LineSource): boolean {
  const now = view.networks[network];
  const then = before.networks[network];
  if (now === undefined || then === undefined) return false;
  for (let wallet = from; wallet < to; wallet++) {
    if (!isSame(now, then, wallet)) return false;
  }
  return true;
}

function textOf({ network, from, to }: Segment, view: View, { write }: LineSource): string {
  const now = view.networks[network];
  let text = "";
  for (let wallet = from; now !== undefined && wallet < to; wallet++) text += write(now, wallet);
  return text;
}
