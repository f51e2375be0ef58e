import { cleanForeign } from "../util/redact.ts";

/** What a reason means for everything that decides by it: retries, strategies, circuit breaker, metrics. */
export interface ReasonTraits {
  /**
   * How much failed: whatever is sent to the endpoint, the response to one request, or one item in it. After the first two
   * the endpoint is probed before balances are read again. `chain`: nothing failed, a contract answers so.
   */
  readonly scope: "endpoint" | "response" | "item" | "chain";
  /** A second attempt in the same poll may succeed. */
  readonly retryable?: boolean;
  /**
   * What it says about the strategy in use: `refused` counts against it; `unclear` as well, once the endpoint answers
   * something cheap; `transient` only after many in a row.
   */
  readonly strategy?: "refused" | "unclear" | "transient";
  /**
   * An endpoint may respond so to a method that it does not support or allow: `explicit` if it responded at all; allow-lists
   * and gateways also close connections, or return a page.
   */
  readonly methodRefused?: "explicit" | "possible";
  /** An endpoint may answer so to batches, if it supports none; how many in a row are needed after batches worked. */
  readonly batchFailures?: number;
  /** A node may answer so when it does not have the block asked for. */
  readonly blockMissing?: boolean;
  /** The endpoint names no cause. */
  readonly unspecific?: boolean;
  /** The endpoint is well, but its chain or its block is not the one to read. */
  readonly unwanted?: boolean;
  /** Somebody has to act first: how long the endpoint is left alone, in milliseconds. */
  readonly backOffMs?: number;
  /** How the `endpoint_state` metric shows an endpoint that failed so. @default "unreachable" */
  readonly state?: "throttled" | "lagging" | "wrong_chain" | "unauthorized" | "exhausted";
}

const TRAITS = {
  connect: { scope: "endpoint" },
  dns: { scope: "endpoint" },
  denied: { scope: "endpoint" },
  timeout: { scope: "endpoint", retryable: true, strategy: "transient", methodRefused: "possible", batchFailures: 3 },
  tls: { scope: "endpoint" },
  reset: { scope: "endpoint", retryable: true, strategy: "transient", methodRefused: "possible", batchFailures: 3 },
  protocol: { scope: "endpoint", methodRefused: "possible", batchFailures: 3 },
  proxy: { scope: "endpoint" },
  redirect: { scope: "endpoint" },
  http_client: {
    scope: "endpoint",
    strategy: "unclear",
    methodRefused: "explicit",
    batchFailures: 2,
    unspecific: true,
    backOffMs: 300_000,
  },
  http_server: {
    scope: "endpoint",
    retryable: true,
    strategy: "unclear",
    methodRefused: "possible",
    batchFailures: 3,
    unspecific: true,
  },
  auth: {
    scope: "endpoint",
    strategy: "unclear",
    methodRefused: "explicit",
    backOffMs: 300_000,
    state: "unauthorized",
  },
  quota: { scope: "endpoint", strategy: "transient", backOffMs: 900_000, state: "exhausted" },
  // Often of some items alone (Alchemy); the pacer waits as asked.
  throttled: { scope: "item", retryable: true, strategy: "transient", state: "throttled" },
  too_large: { scope: "item", strategy: "refused", methodRefused: "possible" },
  not_json: { scope: "response", strategy: "unclear", methodRefused: "possible", batchFailures: 2 },
  envelope: { scope: "response", strategy: "unclear", methodRefused: "possible", batchFailures: 2 },
  missing: { scope: "item", strategy: "unclear", methodRefused: "possible" },
  rpc_error: {
    scope: "item",
    strategy: "refused",
    methodRefused: "explicit",
    batchFailures: 2,
    blockMissing: true,
    unspecific: true,
  },
  bad_value: { scope: "item", strategy: "refused", methodRefused: "explicit", blockMissing: true },
  wrong_chain: { scope: "endpoint", unwanted: true, state: "wrong_chain" },
  lagging: { scope: "item", unwanted: true, state: "lagging" },
  state_unavailable: { scope: "item", retryable: true, strategy: "transient", blockMissing: true },
  integrity: { scope: "item", strategy: "refused" },
  reverted: { scope: "chain", blockMissing: true },
  internal: { scope: "item" },
} as const satisfies Readonly<Record<string, ReasonTraits>>;

/** Why a balance was not read: the closed set of values of the `reason` label. */
export type Reason = keyof typeof TRAITS;

/** Every reason and what it means. */
export const REASONS: Readonly<Record<Reason, ReasonTraits>> = TRAITS;

/** The values of the `reason` label, in the order they are shown in. */
export const REASON_NAMES = Object.keys(TRAITS) as readonly Reason[];

/** What a refusal says about the request: too much at once, too slow, batches or the method are not supported. */
export type Refusal = "size" | "time" | "no_batch" | "unsupported";

/** A request, or one item of a batch, that gave no usable answer. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly reason: Reason;
  /** Set when a smaller or another request may succeed. */
  readonly refusal: Refusal | undefined;

  /** @param detail for the log; foreign text in it is scrubbed and cut here */
  constructor(reason: Reason, detail: string, refusal?: Refusal) {
    super(cleanForeign(detail));
    this.reason = reason;
    this.refusal = refusal;
  }

  /** What the reason means. */
  get traits(): ReasonTraits {
    return REASONS[this.reason];
  }
}
