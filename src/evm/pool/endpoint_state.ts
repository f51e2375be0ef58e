import type { RpcError } from "../../jsonrpc/errors.ts";

/** The states of the `endpoint_state` metric. */
export const ENDPOINT_STATES = [
  "ok",
  "throttled",
  "lagging",
  "halted",
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
 * @param failure how it failed; `undefined` when it did not
 */
export function endpointState(failure: RpcError | undefined): EndpointState {
  if (failure?.refusal === "unsupported") return "unsupported";
  return failure === undefined ? "ok" : failure.traits.state ?? "unreachable";
}
