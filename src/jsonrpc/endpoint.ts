import type { Clock } from "../util/clock.ts";
import { createRoute, type Route } from "../http/redirect.ts";
import { headersFor, type SecretUrl } from "../http/request.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { type Reason, type Refusal, RpcError } from "./errors.ts";

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
  recordRequest(record: RequestRecord): void;
  /** Counts an error that is found after its request was counted: called by {@linkcode recordError} alone. */
  recordError(reason: Reason): void;
}

/** One endpoint of a node. */
export interface Endpoint {
  readonly name: string;
  /** Where its requests go. */
  readonly route: Route;
  readonly headers: Headers;
  /** Its connections. */
  readonly client: Deno.HttpClient;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly pacer: Pacer;
  /** Whether an answer came over its connections, so that there is one. */
  isConnected: boolean;
  /** Whether requests go through a proxy, so that a connection refused is the proxy's. */
  readonly viaProxy: boolean;
  /** Gives old connections up, so that a name that leads elsewhere is followed; call it while no request is under way. */
  renew(): void;
  /** Gives its connections back. */
  close(): void;
}

/** What {@linkcode openEndpoint} needs besides the address. */
export interface EndpointOptions {
  /** What it is called. @default the address's name */
  readonly name?: string;
  readonly clock: Clock;
  readonly meter: Meter;
  /** The `User-Agent` header. */
  readonly userAgent: string;
  /** Calls a second that are sent at most. @default {Infinity} */
  readonly callsPerSecond?: number | undefined;
  /** See {@linkcode Endpoint.viaProxy}. @default {false} */
  readonly viaProxy?: boolean | undefined;
}

/** Connections are not used for longer than this, in milliseconds. */
const CONNECTION_AGE = 55_000;

/**
 * Opens an endpoint: connections of its own, over HTTP/1.1, where one that has
 * gone silent costs one request and not all of them.
 *
 * @param address where it is
 * @param options see {@linkcode EndpointOptions}
 */
export function openEndpoint(address: SecretUrl, options: EndpointOptions): Endpoint {
  const { clock, meter, userAgent, callsPerSecond, viaProxy = false, name = address.name } = options;
  let client = Deno.createHttpClient({ http2: false });
  let openedAt = clock.now();
  return {
    name,
    route: createRoute(address.reveal().href),
    headers: headersFor(address, {
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": userAgent,
    }),
    get client(): Deno.HttpClient {
      return client;
    },
    clock,
    meter,
    pacer: createPacer({ clock, perSecond: callsPerSecond }),
    isConnected: false,
    viaProxy,
    renew(): void {
      if (clock.now() - openedAt < CONNECTION_AGE) return;
      client.close();
      client = Deno.createHttpClient({ http2: false });
      openedAt = clock.now();
      this.isConnected = false;
    },
    close: () => client.close(),
  };
}

/**
 * Makes an error that is found after its request was counted, such as a wrong chain, and counts it. Errors of a request
 * are counted with that request: nothing else counts errors.
 *
 * @param endpoint whose answer it is; none where nobody was asked
 */
export function recordError(
  endpoint: Endpoint | undefined,
  reason: Reason,
  detail: string,
  refusal?: Refusal,
): RpcError {
  endpoint?.meter.recordError(reason);
  return new RpcError(reason, detail, refusal);
}
