import { cleanForeign } from "../util/redact.ts";

/** Why a balance was not read: the closed set of values of the `reason` label. */
export const REASONS = [
  "connect",
  "dns",
  "denied",
  "timeout",
  "tls",
  "reset",
  "protocol",
  "proxy",
  "redirect",
  "http_client",
  "http_server",
  "auth",
  "quota",
  "throttled",
  "too_large",
  "not_json",
  "envelope",
  "missing",
  "rpc_error",
  "bad_value",
  "wrong_chain",
  "lagging",
  "state_unavailable",
  "integrity",
  "reverted",
  "internal",
] as const;

/** Reasons that are an answer of the chain: a contract that reverts is no failure of the endpoint. */
export const ANSWERS: ReadonlySet<Reason> = new Set(["reverted"]);

/** One of {@linkcode REASONS}. */
export type Reason = (typeof REASONS)[number];

/** What a refusal says about the way of asking: too much at once, too long to answer, no batches at all, or nothing of this kind. */
export type Refusal = "size" | "time" | "no_batch" | "unsupported";

/** A request, or one item of a batch, that gave no usable answer. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly reason: Reason;
  /** Set when asking for less at once, or in another way, may help. */
  readonly refusal: Refusal | undefined;

  /**
   * @param reason from the closed set
   * @param detail for the log; foreign text in it is scrubbed and cut here
   * @param refusal what it says about the way of asking
   */
  constructor(reason: Reason, detail: string, refusal?: Refusal) {
    super(cleanForeign(detail));
    this.reason = reason;
    this.refusal = refusal;
  }
}
