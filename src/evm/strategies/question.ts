import type { Account } from "../../assets/asset.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import type { Limits } from "../../model/source.ts";
import type { StrategySelector } from "./strategy_selector.ts";
import type { Target } from "./target.ts";

/** One read of one endpoint. */
export interface Question {
  readonly endpoint: Endpoint;
  /** What was learned of the endpoint; mutable. */
  readonly selector: StrategySelector;
  readonly accounts: readonly Account[];
  readonly target: Target;
  readonly limits: Limits;
}
