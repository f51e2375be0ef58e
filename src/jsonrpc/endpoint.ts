import type { Clock } from "../util/clock.ts";
import { createRoute, type Route } from "../http/redirect.ts";
import { headersFor, type SecretUrl } from "../http/request.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { type Reason, type Refusal, RpcError } from "./errors.ts";

/** What is counted of one HTTP request. */
export interface RequestRecord {
  /** JSON-RPC calls by method: what providers bill. */
  readonly calls: ReadonlyMap<string, number>;
  readonly sentBytes: number;
  /** After decompression. */
  readonly receivedBytes: number;
  readonly seconds: number;
  /** The reasons of failed items, or of the failed request; each once. */
  readonly reasons: ReadonlySet<Reason>;
}

/** Counts requests and errors. */
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
  /** Its pool of connections. */
  readonly client: Deno.HttpClient;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly pacer: Pacer;
  /** Whether there was a response on its connections: a timeout is described accordingly. */
  isConnected: boolean;
  /** Replaces old connections, so that a changed DNS name is followed; call it while no request is in flight. */
  renew(): void;
  close(): void;
}

/** What {@linkcode openEndpoint} takes. */
export interface EndpointOptions {
  /** @default the name of the URL */
  readonly name?: string;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Maximum calls per second. @default {Infinity} */
  readonly callsPerSecond?: number | undefined;
}

/** How long connections are used, in milliseconds: DNS changes are followed within a minute. */
const MAX_CONNECTION_AGE = 55_000;

/** Opens an endpoint with its own pool of HTTP/1.1 connections: a silent one costs one request, with HTTP/2 all. */
export function openEndpoint(url: SecretUrl, options: EndpointOptions): Endpoint {
  const { clock, meter, callsPerSecond, name = url.name } = options;
  let client = Deno.createHttpClient({ http2: false });
  let openedAt = clock.now();
  return {
    name,
    route: createRoute(url.reveal().href),
    headers: headersFor(url, { "content-type": "application/json", accept: "application/json" }),
    get client(): Deno.HttpClient {
      return client;
    },
    clock,
    meter,
    pacer: createPacer({ clock, perSecond: callsPerSecond }),
    isConnected: false,
    renew(): void {
      if (clock.now() - openedAt < MAX_CONNECTION_AGE) return;
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
