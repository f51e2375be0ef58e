import type { RequestType } from "../../assets/asset.ts";

/** What a node does with the block that a plain balance is asked for at. */
export interface BlockCheck {
  /** Whether it answers for its latest block instead; none while that is not known. */
  ignored: boolean | undefined;
  /** When that was found out, in milliseconds on the clock. */
  at: number;
  /** How often it could not be found out. */
  tries: number;
}

/** Each type of request has methods of its own: a node may ignore the block of any of them. */
export type BlockChecks = Readonly<Record<RequestType, BlockCheck>>;

/** A node that ignores blocks is asked again after a day: it may have been replaced. */
const IGNORED_TTL_MS = 24 * 3_600_000;

/** Makes what is known of an endpoint at first. */
export function createBlockChecks(): BlockChecks {
  const unknown = (): BlockCheck => ({ ignored: undefined, at: -Infinity, tries: 0 });
  return { balance: unknown(), view: unknown(), method: unknown() };
}

/** Whether a node is known to ignore blocks; `now` in milliseconds on the clock. */
export function isIgnored({ ignored, at }: BlockCheck, now: number): boolean {
  return ignored === true && now - at < IGNORED_TTL_MS;
}
