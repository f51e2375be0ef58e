import { BLOCKED_PORTS } from "../util/denied_address.ts";
import { protect } from "../util/redact.ts";
import { TransportError } from "./transport_error.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Those that keep method and body: after the others many clients send a GET, which no node answers. */
const KEEPING_METHOD: ReadonlySet<number> = new Set([307, 308]);

const PERMANENT = 308;

/** Enough for an ingress and a path; more is a loop. */
const MAX_REDIRECTS = 3;

/** Bounds the memory for secrets of an endpoint whose redirects differ each time. */
const MAX_PROTECTED = 20;

/** Where requests to an endpoint go: its URL, or where that redirects to. */
export interface Route {
  /** Where the next request goes. */
  readonly href: string;
  /**
   * Sends a request, and again to where it is redirected.
   *
   * @param send requests a URL, without following redirects
   * @param onRedirect is called before each further request
   * @throws {TransportError} reason `redirect`, if one is not followed; its message has no more of the target than the host
   */
  follow(send: (href: string) => Promise<Response>, onRedirect?: () => void): Promise<Response>;
  /** Forgets a temporary redirect, after a request failed. */
  reset(): void;
}

/** Makes the route of an endpoint from its configured URL. */
export function createRoute(configured: string): Route {
  let href = configured;
  let isPermanent = true;
  let secrets = 0;
  return {
    get href(): string {
      return href;
    },
    async follow(send, onRedirect): Promise<Response> {
      let arePermanent = true;
      let at = href;
      for (let count = 0;; count++) {
        const response = await send(at);
        const { status, headers } = response;
        if (!REDIRECTS.has(status)) {
          if (count === 0) return response;
          // A permanent redirect behind a temporary one is temporary.
          isPermanent &&= arePermanent;
          href = at;
          return response;
        }
        await response.body?.cancel();
        const target = targetOf(status, headers.get("location"), new URL(at));
        if (count === MAX_REDIRECTS) throw new TransportError("redirect", `more than ${MAX_REDIRECTS} redirects`);
        if (secrets < MAX_PROTECTED) secrets += protectTarget(target);
        arePermanent &&= status === PERMANENT;
        at = target.href;
        onRedirect?.();
      }
    },
    reset(): void {
      if (isPermanent) return;
      href = configured;
      isPermanent = true;
    },
  };
}

function targetOf(status: number, location: string | null, from: URL): URL {
  const refuse = (why: string): TransportError => new TransportError("redirect", `HTTP ${status} ${why}`);
  const target = location === null ? null : URL.parse(location, from);
  if (target === null) throw refuse("without a valid Location");
  const { protocol, hostname, host, port } = target;
  if (protocol !== "http:" && protocol !== "https:") {
    throw refuse(`redirects to a ${protocol} URL: only http and https are followed`);
  }
  if (hostname !== from.hostname) {
    throw refuse(`redirects to another host, ${host}, which is not followed: configure the URL there`);
  }
  if (from.protocol === "https:" && protocol === "http:") {
    throw refuse(`redirects from https to http at ${host}, which is not followed`);
  }
  // Over TLS the certificate proves that it is the same host, at whatever port.
  if (from.protocol === protocol && port !== from.port) {
    throw refuse(`redirects to another port, ${host}, which is not followed: configure the URL there`);
  }
  if (BLOCKED_PORTS.has(port)) throw refuse(`redirects to ${host}, a blocked port`);
  if (!KEEPING_METHOD.has(status)) {
    throw refuse(`redirects to ${protocol}//${host}, and only 307 and 308 are followed: configure the URL there`);
  }
  target.username = "";
  target.password = "";
  target.hash = "";
  return target;
}

/** Short, or words such as `arbitrum-one`: redacting these would garble every message. */
const PLAIN = /^(.{0,7}|(?=.{0,20}$)[a-z]+(-[a-z]+)*)$/;

/** Keys are shorter. */
const MAX_SECRET_LENGTH = 256;

/** Keeps parts that may be a key out of logs, as of a configured URL. */
function protectTarget({ pathname, search }: URL): number {
  const parts = `${pathname}&${search.slice(1)}`.split(/[/&=]/).filter((part) => !PLAIN.test(part));
  for (const part of parts.slice(0, MAX_PROTECTED)) protect(part.slice(0, MAX_SECRET_LENGTH));
  return parts.length;
}
