import { BLOCKED_PORTS } from "../util/denied_address.ts";
import { protect } from "../util/redact.ts";
import { TransportError } from "./transport_error.ts";

/** Statuses of redirects. */
export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

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
  /** Starts following the redirects of one request. */
  follow(): Redirects;
  /** Forgets a temporary redirect, after a request failed. */
  reset(): void;
}

/** The redirects of one request. */
export interface Redirects {
  /**
   * Returns the URL to request next.
   *
   * @param status one of {@linkcode REDIRECTS}
   * @param location the header
   * @param from the URL that redirects
   * @throws {TransportError} reason `redirect`, if it is not followed; its message has no more of the target than the host
   */
  next(status: number, location: string | null, from: string): string;
  /** Remembers the URL that responded without a redirect. */
  keep(href: string): void;
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
    follow(): Redirects {
      let count = 0;
      let arePermanent = true;
      return {
        next(status, location, from): string {
          const target = targetOf(status, location, new URL(from));
          if (++count > MAX_REDIRECTS) throw new TransportError("redirect", `more than ${MAX_REDIRECTS} redirects`);
          arePermanent &&= status === PERMANENT;
          if (secrets < MAX_PROTECTED) secrets += protectTarget(target);
          return target.href;
        },
        keep(target): void {
          if (count === 0) return;
          // A permanent redirect behind a temporary one is temporary.
          isPermanent &&= arePermanent;
          href = target;
        },
      };
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
