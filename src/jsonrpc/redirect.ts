import { BLOCKED_PORTS } from "../util/denied_address.ts";
import { protect } from "../util/redact.ts";
import { RpcError } from "./errors.ts";

/** Statuses that point elsewhere. */
export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Those that ask for the same method and body there: after the others many clients send a GET, which no node answers. */
const KEEPING_METHOD: ReadonlySet<number> = new Set([307, 308]);

const PERMANENT = 308;

/** So many redirects of one request are followed. */
const MAX_REDIRECTS = 3;

/** So many targets of one endpoint are kept out of logs: one that makes up a new one each time fills no memory. */
const MAX_PROTECTED = 20;

/** Where requests to an endpoint go: its URL, or where that redirects to. */
export interface Route {
  /** Where the next request goes. */
  readonly href: string;
  /** Follows the redirects of one request. */
  follow(): Redirects;
  /** Told that a request was not answered: a redirect for now (307) is forgotten. */
  failed(): void;
}

/** The redirects of one request. */
export interface Redirects {
  /**
   * Follows one more.
   *
   * @param status one of {@linkcode REDIRECTS}
   * @param location the header
   * @param from the URL that was asked
   * @returns the URL to ask next
   * @throws {RpcError} reason `redirect`: it is not followed; its detail names no more of the target than the host
   */
  next(status: number, location: string | null, from: string): string;
  /** Remembers where they led to, if there were any. */
  arrived(href: string): void;
}

/**
 * Makes the route of an endpoint.
 *
 * @param own the URL as configured
 */
export function createRoute(own: string): Route {
  let href = own;
  let isPermanent = true;
  let secrets = 0;
  return {
    get href(): string {
      return href;
    },
    follow(): Redirects {
      let hops = 0;
      let arePermanent = true;
      return {
        next(status, location, from): string {
          const target = targetOf(status, location, new URL(from));
          if (++hops > MAX_REDIRECTS) throw new RpcError("redirect", `more than ${MAX_REDIRECTS} redirects in a row`);
          arePermanent &&= status === PERMANENT;
          if (secrets < MAX_PROTECTED) secrets += protectTarget(target);
          return target.href;
        },
        arrived(at): void {
          if (hops === 0) return;
          // What a redirect for now led to is for now as well.
          isPermanent &&= arePermanent;
          href = at;
        },
      };
    },
    failed(): void {
      if (isPermanent) return;
      href = own;
      isPermanent = true;
    },
  };
}

function targetOf(status: number, location: string | null, from: URL): URL {
  const refuse = (why: string): RpcError => new RpcError("redirect", `HTTP ${status} ${why}`);
  const target = location === null ? null : URL.parse(location, from);
  if (target === null) throw refuse("without a URL to go to");
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    throw refuse(`points to a ${target.protocol} URL: only http and https are followed`);
  }
  const { host } = target;
  if (target.hostname !== from.hostname) {
    throw refuse(`points to another host, ${host}, which is not followed: configure the URL there`);
  }
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw refuse(`points from https to http at ${host}, which is not followed`);
  }
  // Over TLS the certificate proves that it is the same host, at whatever port.
  if (from.protocol === target.protocol && target.port !== from.port) {
    throw refuse(`points to another port, ${host}, which is not followed: configure the URL there`);
  }
  if (BLOCKED_PORTS.has(target.port)) throw refuse(`points to ${host}, a port that no request may go to`);
  if (!KEEPING_METHOD.has(status)) {
    throw refuse(`points to ${target.protocol}//${host}, and only 307 and 308 are followed: configure the URL there`);
  }
  target.username = "";
  target.password = "";
  target.hash = "";
  return target;
}

/** Short, or words such as `arbitrum-one`: to remove these would garble every message. */
const PLAIN = /^(.{0,7}|(?=.{0,20}$)[a-z]+(-[a-z]+)*)$/;

/** A key is no longer. */
const MAX_SECRET = 256;

/** Keeps what may be a key out of logs, as of a configured URL. */
function protectTarget({ pathname, search }: URL): number {
  const pieces = `${pathname}&${search.slice(1)}`.split(/[/&=]/).filter((piece) => !PLAIN.test(piece));
  for (const piece of pieces.slice(0, MAX_PROTECTED)) protect(piece.slice(0, MAX_SECRET));
  return pieces.length;
}
