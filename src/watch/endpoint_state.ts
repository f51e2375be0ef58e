import type { Reason } from "../rpc/rpc_error.ts";

/** The states of the `endpoint_state` metric. */
export const ENDPOINT_STATES = [
  "ok",
  "throttled",
  "lagging",
  "wrong_chain",
  "unauthorized",
  "exhausted",
  "unreachable",
  "unsupported",
] as const;

/** One of {@linkcode ENDPOINT_STATES}. */
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/**
 * Tells the state of an endpoint that failed.
 *
 * @param reason why it failed; `undefined` when it did not
 */
export function endpointState(reason: Reason | undefined): EndpointState {
  switch (reason) {
    case undefined:
      return "ok";
    case "throttled":
    case "lagging":
    case "wrong_chain":
      return reason;
    case "auth":
      return "unauthorized";
    case "quota":
      return "exhausted";
    default:
      return "unreachable";
  }
}
