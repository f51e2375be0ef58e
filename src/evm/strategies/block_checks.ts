import type { RequestType } from "../../assets/asset.ts";

/** Whether a node respects the block number of plain requests. */
export interface BlockCheck {
  /** Whether it answers for its latest block instead; undefined while unknown. */
  ignored: boolean | undefined;
  /** When that was determined, in milliseconds on the clock. */
  at: number;
  /** How often it could not be determined. */
  tries: number;
}

/** By type of request, since each uses other methods: a node may ignore the block of some. */
export type BlockChecks = Readonly<Record<RequestType, BlockCheck>>;

/** A node that ignores blocks is checked again after a day: it may have been replaced. */
const IGNORED_TTL_MS = 24 * 3_600_000;

/** Makes the checks of an endpoint that was not used yet. */
export function createBlockChecks(): BlockChecks {
  const unknown = (): BlockCheck => ({ ignored: undefined, at: -Infinity, tries: 0 });
  return { balance: unknown(), view: unknown(), method: unknown() };
}

/** Whether a node is known to ignore blocks; `now` in milliseconds on the clock. */
export function isIgnored({ ignored, at }: BlockCheck, now: number): boolean {
  return ignored === true && now - at < IGNORED_TTL_MS;
}
