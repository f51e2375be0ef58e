import type { Encoder } from "../encoders/encoder.ts";
import {
  type Family,
  isSameRange,
  rejectedSamples,
  type Sample,
  seriesFor,
  type SeriesRange,
  type SeriesRule,
} from "../model/family.ts";
import type { NetworkSnapshot, Snapshot } from "../model/snapshot.ts";

/** Some text of a family, or nothing where it is the same as in the snapshot before. */
export type EncodedBlock = string | undefined;

/** Series in one block: enough for compression, few enough that some blocks stay the same. */
export const BLOCK = 256;

/** Text in one piece, in characters: about a millisecond to compress. */
export const MAX_PIECE = 32_768;

/** Series of one network. */
interface Segment extends SeriesRange {
  /** The same network in the snapshot before. */
  readonly before: NetworkSnapshot | undefined;
}

/**
 * Encodes a family's samples in blocks; the event loop may turn between two.
 *
 * @param before an earlier {@linkcode isComparable} snapshot: its blocks that did not change are not encoded again
 */
export function* encodeBlocks(
  encoder: Encoder,
  family: Family,
  snapshot: Snapshot,
  before?: Snapshot,
): Iterable<EncodedBlock> {
  const { rule } = family;
  const { networks, common } = snapshot;
  const encode = (samples: Iterable<Sample>): Iterable<string> =>
    joinTexts(samples, (sample) => encoder.sample(family, sample, common));
  if (rule === undefined) {
    yield* encode(family.samples(snapshot));
    return;
  }
  for (const segments of segmentsOf(snapshot, before, rule)) {
    const isSame = segments.every((each) => each.before !== undefined && isSameRange(rule, each, each.before));
    if (isSame) yield undefined;
    else yield segments.map((segment) => encoder.series(family, rule, segment, common)).join("");
  }
  // They change with the configuration only.
  for (const text of encode(rejectedSamples(rule, networks))) yield before === undefined ? text : undefined;
}

function* segmentsOf(
  { networks }: Snapshot,
  before: Snapshot | undefined,
  rule: SeriesRule,
): Iterable<readonly Segment[]> {
  let segments: Segment[] = [];
  let room = BLOCK;
  for (const [place, network] of networks.entries()) {
    const length = seriesFor(rule, network).length;
    for (let from = 0; from < length;) {
      const to = Math.min(from + room, length);
      segments.push({ network, before: before?.networks[place], from, to });
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

function* joinTexts<T>(items: Iterable<T>, textOf: (item: T) => string): Iterable<string> {
  let text = "";
  for (const item of items) {
    text += textOf(item);
    if (text.length < MAX_PIECE) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
