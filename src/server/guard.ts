import type { Clock } from "../util/clock.ts";
import { createBasicAuth } from "./basic_auth.ts";
import type { Exchange } from "./exchange.ts";
import type { WebHandler } from "./serve.ts";
import { createSlots } from "./slots.ts";

/** Who may read, and what is sent with every answer. */
export interface Guarding {
  /** bcrypt hashes of passwords by user; none where everybody may read. */
  readonly users: ReadonlyMap<string, string>;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What {@linkcode createGuard} takes. */
export interface GuardOptions {
  readonly clock: Clock;
  /** The most requests that are answered at once; 0 for any number. */
  readonly maxRequests: number;
  /** Whether an address is one client; not where all clients share the address of a balancer. */
  readonly perClient: boolean;
  readonly handler: WebHandler;
}

/** A handler with a guard before it. */
export interface Guard {
  readonly handler: WebHandler;
  /** Guards in another way from now on. */
  guard(guarding: Guarding): void;
}

/** Probes have no password, and are never too many. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/-/healthy", "/healthz", "/-/ready", "/readyz"]);

/**
 * Puts a guard before a handler: passwords, a bound on what is answered at
 * once, and headers. Pages about health are open to all.
 *
 * @param options see {@linkcode GuardOptions}
 * @param guarding how it guards at first
 */
export function createGuard({ clock, maxRequests, perClient, handler }: GuardOptions, guarding: Guarding): Guard {
  let { headers } = guarding;
  const auth = createBasicAuth(clock);
  auth.setUsers(guarding.users);
  const slots = createSlots({ max: maxRequests, perClient });

  /** Only who may read takes a slot: others could keep all out. */
  async function answer(request: Request, exchange: Exchange): Promise<Response> {
    const { client } = exchange.connection;
    const origin = (user: string): string => perClient ? client : `${client} ${user}`;
    switch (await auth.judge(request.headers.get("authorization"), origin)) {
      case "busy":
        return refusal(503, "Too many passwords at once, try again");
      case "bad":
        return refusal(401, "A user and the right password are needed", {
          "www-authenticate": 'Basic realm="wallet-balance-exporter", charset="UTF-8"',
        });
      case "good":
        break;
    }
    if (!slots.take(exchange)) return refusal(503, "Too many requests at once, try again");
    return await handler(request, exchange);
  }

  return {
    guard(next): void {
      headers = next.headers;
      auth.setUsers(next.users);
    },
    async handler(request, exchange): Promise<Response> {
      const path = URL.parse(request.url)?.pathname ?? "";
      const response = OPEN_PATHS.has(path) ? await handler(request, exchange) : await answer(request, exchange);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      return response;
    },
  };
}

function refusal(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
