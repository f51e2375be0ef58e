import type { Clock } from "../util/clock.ts";
import { createBasicAuth } from "./basic_auth.ts";
import type { Exchange } from "./connection.ts";
import { pathBelow } from "./routes.ts";
import type { WebHandler } from "./serve.ts";
import { sendText } from "./send_page.ts";
import { createSlots } from "./slots.ts";

/** Who may send requests, and the headers of every response. */
export interface AccessPolicy {
  /** bcrypt hashes of passwords by user; empty if no password is needed. */
  readonly users: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Options of {@linkcode createGuard}. */
export interface GuardOptions {
  readonly clock: Clock;
  /** Maximum number of concurrent requests; 0 for no limit. */
  readonly maxRequests: number;
  /** Whether an address is one client; false if clients share the address of a load balancer. */
  readonly perClient: boolean;
  /** What the paths of requests begin with. @default {""} */
  readonly routePrefix?: string;
  readonly handler: WebHandler;
}

/** A handler behind access control. */
export interface Guard {
  readonly handler: WebHandler;
  /** Replaces the access policy. */
  apply(policy: AccessPolicy): void;
}

/** Exempt from passwords and limits, for probes. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/-/healthy", "/healthz", "/-/ready", "/readyz"]);

/** Adds passwords, a limit of concurrent requests and headers to a handler. Health endpoints are exempt. */
export function createGuard(
  { clock, maxRequests, perClient, routePrefix = "", handler }: GuardOptions,
  policy: AccessPolicy,
): Guard {
  let { headers } = policy;
  const auth = createBasicAuth(clock);
  auth.setUsers(policy.users);
  const takeSlot = createSlots(maxRequests, perClient);

  /** A slot is taken after the password was checked, so that nobody without one can occupy all slots. */
  async function authorize(request: Request, exchange: Exchange): Promise<Response> {
    const { client } = exchange.connection;
    const origin = (user: string): string => perClient ? client : `${client} ${user}`;
    const verdict = await auth.verify(request.headers.get("authorization"), origin);
    if (verdict === "busy") return sendText(503, "Too many password checks, try again later");
    if (verdict === "bad") {
      const challenge = 'Basic realm="wallet-balance-exporter", charset="UTF-8"';
      return sendText(401, "Unauthorized", { "www-authenticate": challenge });
    }
    if (!takeSlot(exchange)) return sendText(503, "Too many concurrent requests, try again later");
    return await handler(request, exchange);
  }

  return {
    apply(next): void {
      headers = next.headers;
      auth.setUsers(next.users);
    },
    async handler(request, exchange): Promise<Response> {
      const path = pathBelow(routePrefix, request) ?? "";
      const response = OPEN_PATHS.has(path) ? await handler(request, exchange) : await authorize(request, exchange);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      return response;
    },
  };
}
