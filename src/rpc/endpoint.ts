import type { Clock } from "../clock.ts";
import type { Reason } from "./rpc_error.ts";

/** What holds an endpoint's URL: it prints as a name and reveals the URL only here. */
export interface EndpointAddress {
  readonly name: string;
  reveal(): {
    readonly href: string;
    readonly authorization: string | undefined;
  };
}

/** One HTTP request, as it is counted. */
export interface RequestRecord {
  /** JSON-RPC items by method: what providers bill. */
  readonly calls: ReadonlyMap<string, number>;
  readonly sentBytes: number;
  /** Bytes of the body, after decompression. */
  readonly receivedBytes: number;
  readonly seconds: number;
  /** Every reason that an item, or the whole request, failed for; each once. */
  readonly reasons: ReadonlySet<Reason>;
}

/** Where requests are counted. */
export interface Meter {
  /** Counts one request. */
  request(record: RequestRecord): void;
  /** Counts a fault that is seen only when answers are put together, such as a wrong chain. */
  fault(reason: Reason): void;
}

/** One endpoint of a node, with what was learned about it. */
export interface Endpoint {
  readonly name: string;
  readonly href: string;
  readonly headers: Headers;
  readonly client: Deno.HttpClient;
  readonly clock: Clock;
  readonly meter: Meter;
  /** How many items it takes in one request. */
  readonly batchLimit: BatchLimit;
  /** Gives its connections back. */
  close(): void;
}

/** How many items one request may have: learned from refusals. */
export interface BatchLimit {
  /** The most items to send at once; 1 means no batches. */
  size: number;
  /** The most items that were ever answered at once. */
  proven: number;
  /** When fewer were last asked for, in milliseconds on the clock. */
  refusedAt: number;
}

/** What is tried first, and never more: below the limits of nearly all nodes and providers. */
export const FIRST_BATCH_SIZE = 100;

/** What {@linkcode openEndpoint} needs besides the address. */
export interface EndpointOptions {
  readonly clock: Clock;
  readonly meter: Meter;
  /** The `User-Agent` header. */
  readonly userAgent: string;
}

/**
 * Opens an endpoint: connections of its own, over HTTP/1.1, where one that has
 * gone silent costs one request and not all of them.
 *
 * @param address where it is
 * @param options see {@linkcode EndpointOptions}
 */
export function openEndpoint(
  address: EndpointAddress,
  options: EndpointOptions,
): Endpoint {
  const { href, authorization } = address.reveal();
  const headers = new Headers({
    "content-type": "application/json",
    "accept": "application/json",
    "user-agent": options.userAgent,
  });
  if (authorization !== undefined) headers.set("authorization", authorization);
  const client = Deno.createHttpClient({ http2: false });
  return {
    name: address.name,
    href,
    headers,
    client,
    clock: options.clock,
    meter: options.meter,
    batchLimit: { size: FIRST_BATCH_SIZE, proven: 0, refusedAt: -Infinity },
    close: () => client.close(),
  };
}
