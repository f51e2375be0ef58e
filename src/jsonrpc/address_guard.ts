import { lookup as lookUp } from "node:dns/promises";
import { systemClock } from "../util/clock.ts";
import { isDeniedAddress } from "../util/denied_address.ts";
import { proxied } from "./proxied.ts";
import { RpcError } from "./errors.ts";

/**
 * Looks at what names resolve to before requests go out. Deno 2.9 does so too when it connects, but not at an IPv4
 * address inside an IPv6 one; runtimes before it look at what is written alone.
 */
export interface AddressGuard {
  /**
   * Checks where `fetch` would connect to: the host of a URL, or the proxy before it.
   *
   * @param href an http or https URL
   * @param signal ends the wait for the resolver
   * @returns nothing to wait for when it is known
   * @throws {RpcError} reason `denied`, `dns` or `proxy`
   */
  check(href: string, signal: AbortSignal): Promise<void> | undefined;
  /** Checks a host that is connected to without a proxy; else as {@linkcode AddressGuard.check}. */
  checkHost(hostname: string, signal: AbortSignal): Promise<void> | undefined;
}

/** What {@linkcode createAddressGuard} takes. */
export interface AddressGuardOptions {
  /** All addresses of a name. */
  readonly lookup: (hostname: string) => Promise<readonly string[]>;
  readonly now: () => number;
  /** Reads a variable of the environment. */
  readonly env: (name: string) => string | undefined;
}

/** For how long an answer of the resolver counts, in milliseconds: within it a name may be moved unseen. */
const TTL_MS = 30_000;

/** So many names are kept, whatever is configured. */
const MAX_NAMES = 10_000;

const DENIED = "resolves to a link-local address or a metadata service";

/**
 * Makes a guard.
 *
 * @param options see {@linkcode AddressGuardOptions}
 */
export function createAddressGuard({ lookup, now, env }: AddressGuardOptions): AddressGuard {
  const isProxied = proxied(env);
  const known = new Map<string, { readonly until: number; readonly isDenied: boolean }>();
  const pending = new Map<string, Promise<boolean>>();

  function isDenied(hostname: string): boolean | Promise<boolean> {
    if (isAddress(hostname)) return isDeniedAddress(hostname);
    const entry = known.get(hostname);
    if (entry !== undefined && now() < entry.until) return entry.isDenied;
    const running = pending.get(hostname) ?? resolve(hostname).finally(() => pending.delete(hostname));
    pending.set(hostname, running);
    return running;
  }

  async function resolve(hostname: string): Promise<boolean> {
    let isDenied = known.get(hostname)?.isDenied;
    try {
      isDenied = (await lookup(hostname)).some(isDeniedAddress);
    } catch (error) {
      // While no resolver answers, open connections go on to where the name led before.
      if (isDenied !== false) throw error;
    }
    if (known.size >= MAX_NAMES) known.clear();
    known.set(hostname, { until: now() + TTL_MS, isDenied });
    return isDenied;
  }

  function checkHost(hostname: string, signal: AbortSignal, proxy = false): Promise<void> | undefined {
    const denied = isDenied(hostname);
    const whose = proxy ? "the proxy's name" : "the name";
    if (typeof denied !== "boolean") return wait(denied, whose, proxy, signal);
    if (denied) throw new RpcError("denied", `${whose} ${DENIED}`);
    return undefined;
  }

  return {
    checkHost: (hostname, signal) => checkHost(hostname, signal),
    check(href, signal): Promise<void> | undefined {
      const { protocol, hostname } = new URL(href);
      if (!isProxied(href)) return checkHost(hostname, signal);
      const waits = proxiesFor(protocol, env).flatMap((proxy) => checkHost(proxy, signal, true) ?? []);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
    },
  };
}

/** Hosts of the proxies that the environment names for a scheme, in any case. */
function proxiesFor(protocol: string, env: (name: string) => string | undefined): readonly string[] {
  const names = [protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY", "ALL_PROXY"];
  return names.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => {
    const text = env(name) ?? "";
    return URL.parse(text.includes("://") ? text : `http://${text}`)?.hostname || [];
  });
}

async function wait(denied: Promise<boolean>, whose: string, proxy: boolean, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new RpcError("timeout", `${whose} was not resolved within the deadline`));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (await Promise.race([denied, aborted.promise])) throw new RpcError("denied", `${whose} ${DENIED}`);
  } catch (error) {
    if (error instanceof RpcError) throw error;
    // The permissions deny the name itself: the request is refused by the runtime, which says so.
    if (codeOf(error) === "EPERM") return;
    throw new RpcError(
      proxy ? "proxy" : "dns",
      `${proxy ? "the proxy: " : ""}name not resolved${inParentheses(error)}`,
    );
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** `EAI_AGAIN`: no resolver answers; `ENOTFOUND`: there is no such name. */
function inParentheses(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? "" : ` (${code})`;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || hostname.includes(":") || /^[\d.]+$/.test(hostname);
}

/** Of the process. */
export const ADDRESS_GUARD: AddressGuard = createAddressGuard({
  lookup: async (hostname) => (await lookUp(hostname, { all: true })).map(({ address }) => address),
  now: systemClock.now,
  env: (name) => Deno.env.get(name),
});
