import { EVM } from "./evm/pool/source.ts";
import type { Source, SourceOptions, SourceType } from "./model/source.ts";
import type { NetworkPlan } from "./plan/plan.ts";

/** What networks are read by: the first that reads a network is used. A new kind of source is one line here. */
export const SOURCES: readonly SourceType[] = [EVM];

/**
 * Opens the source of a network. Dispose it to give its connections back.
 *
 * @param types those to choose from, the best first
 */
export function openSource(
  plan: NetworkPlan,
  options: SourceOptions,
  types: readonly SourceType[] = SOURCES,
): Source {
  return (types.find((type) => type.reads(plan)) ?? EVM).open(plan, options);
}
