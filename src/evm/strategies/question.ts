import type { Account } from "../../assets/asset.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import type { Limits } from "../../model/source.ts";
import type { StrategySelector } from "./strategy_selector.ts";
import type { Target } from "./target.ts";

/** An endpoint, and what was learned of it. */
export interface LearnedEndpoint {
  readonly endpoint: Endpoint;
  /** Mutable. */
  readonly selector: StrategySelector;
}

/** One read of one endpoint. */
export interface Question extends LearnedEndpoint {
  readonly accounts: readonly Account[];
  readonly target: Target;
  readonly limits: Limits;
}
