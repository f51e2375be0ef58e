import type { Clock } from "../clock.ts";
import { type BasicAuth, createBasicAuth } from "./basic_auth.ts";

/** Who may read, and how much at once. */
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
  readonly mostAtOnce: number;
  readonly handler: (request: Request) => Response | Promise<Response>;
}

/** A handler with a guard before it. */
export interface Guard {
  readonly handler: Deno.ServeHandler;
  /** Guards in another way from now on. */
  guard(guarding: Guarding): void;
}

/** Probes have no password, and are never too many. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/-/healthy", "/healthz", "/-/ready", "/readyz"]);

/** A client that takes longer to read counts no more, in milliseconds: it could keep all others out. */
const LONGEST_READ = 30_000;

/**
 * Puts a guard before a handler: passwords, a bound on what is answered at
 * once, and headers. Pages about health are open to all.
 *
 * @param options see {@linkcode GuardOptions}
 * @param guarding how it guards at first
 */
export function createGuard({ clock, mostAtOnce, handler }: GuardOptions, guarding: Guarding): Guard {
  let { headers } = guarding;
  let auth = authOf(guarding, clock);
  let answering = 0;

  /** Only who may read takes a place: others could keep all out. */
  async function answer(request: Request, { completed }: Deno.ServeHandlerInfo): Promise<Response> {
    switch (await auth?.judge(request.headers.get("authorization")) ?? "good") {
      case "busy":
        return refusal(503, "Too many passwords at once, try again");
      case "bad":
        return refusal(401, "A user and the right password are needed", {
          "www-authenticate": 'Basic realm="wallet-balance-exporter", charset="UTF-8"',
        });
      case "good":
        break;
    }
    if (mostAtOnce > 0 && answering >= mostAtOnce) return refusal(503, "Too many requests at once, try again");
    answering++;
    const patience = new AbortController();
    const sent = completed.catch(() => {});
    Promise.race([sent, clock.sleep(LONGEST_READ, patience.signal)]).finally(() => {
      answering--;
      patience.abort();
    });
    return await handler(request);
  }

  return {
    guard(next): void {
      headers = next.headers;
      auth = authOf(next, clock);
    },
    async handler(request, info): Promise<Response> {
      const path = URL.parse(request.url)?.pathname ?? "";
      const response = OPEN_PATHS.has(path) ? await handler(request) : await answer(request, info);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      return response;
    },
  };
}

function authOf({ users }: Guarding, clock: Clock): BasicAuth | undefined {
  return users.size === 0 ? undefined : createBasicAuth(users, clock);
}

function refusal(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
