import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import type { Limits } from "./ask.ts";
import type { Ladder } from "./ladder.ts";
import type { Target } from "./target.ts";

/** Whom to ask, for what, of what, and how long it may take. */
export interface Question {
  readonly endpoint: Endpoint;
  readonly ladder: Ladder;
  /** Coins' accounts, and after them tokens'. */
  readonly accounts: readonly string[];
  readonly target: Target;
  readonly limits: Limits;
}
