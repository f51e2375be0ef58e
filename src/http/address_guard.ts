import { type Env, readEnv } from "../util/process.ts";
import { lookup as lookUp } from "node:dns/promises";
import { systemClock } from "../util/clock.ts";
import { isDeniedAddress } from "../util/denied_address.ts";
import { proxiesFor } from "./proxies.ts";
import { TransportError } from "./transport_error.ts";

/**
 * Denies requests whose host resolves to a link-local address or a metadata service. Deno 2.9 checks that too when it
 * connects, but misses IPv4 addresses inside IPv6 ones; earlier runtimes check nothing but the text of the URL.
 */
export interface AddressGuard {
  /**
   * Checks what `fetch` would connect to: the host of a URL, or its proxy.
   *
   * @param signal ends the wait for the resolver
   * @returns `undefined` if the answer is cached
   * @throws {TransportError} reason `denied`, `dns`, `proxy` or `timeout`
   */
  check(href: string, signal: AbortSignal): Promise<void> | undefined;
  /** Like {@linkcode AddressGuard.check}, for a host that is connected to without a proxy. */
  checkHost(hostname: string, signal: AbortSignal): Promise<void> | undefined;
}

/** What {@linkcode createAddressGuard} takes. */
export interface AddressGuardOptions {
  /** Resolves a name to all its addresses. */
  readonly lookup: (hostname: string) => Promise<readonly string[]>;
  readonly now: () => number;
  readonly env: Env;
}

/** How long a resolved name is trusted, in milliseconds; a name that is moved meanwhile is not noticed. */
const TTL_MS = 30_000;

/** Bounds the cache, whatever is configured. */
const MAX_NAMES = 10_000;

/** Makes a guard with an empty cache. */
export function createAddressGuard({ lookup, now, env }: AddressGuardOptions): AddressGuard {
  const cache = new Map<string, { readonly until: number; readonly isDenied: boolean }>();
  const pending = new Map<string, Promise<boolean>>();

  function isDenied(hostname: string): boolean | Promise<boolean> {
    if (isAddress(hostname)) return isDeniedAddress(hostname);
    const entry = cache.get(hostname);
    if (entry !== undefined && now() < entry.until) return entry.isDenied;
    const running = pending.get(hostname) ?? resolve(hostname).finally(() => pending.delete(hostname));
    pending.set(hostname, running);
    return running;
  }

  async function resolve(hostname: string): Promise<boolean> {
    let isDenied = cache.get(hostname)?.isDenied;
    try {
      isDenied = (await lookup(hostname)).some(isDeniedAddress);
    } catch (error) {
      // While DNS is down, keep using open connections to a name that was allowed.
      if (isDenied !== false) throw error;
    }
    if (cache.size >= MAX_NAMES) cache.clear();
    cache.set(hostname, { until: now() + TTL_MS, isDenied });
    return isDenied;
  }

  function checkHost(hostname: string, signal: AbortSignal, isProxy = false): Promise<void> | undefined {
    const denied = isDenied(hostname);
    if (typeof denied !== "boolean") return waitFor(denied, isProxy, signal);
    if (denied) throw deniedError(isProxy);
    return undefined;
  }

  return {
    checkHost: (hostname, signal) => checkHost(hostname, signal),
    check(href, signal): Promise<void> | undefined {
      const proxies = proxiesFor(href, env);
      if (proxies.length === 0) return checkHost(new URL(href).hostname, signal);
      const waits = proxies.flatMap((proxy) => checkHost(proxy, signal, true) ?? []);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
    },
  };
}

function deniedError(isProxy: boolean): TransportError {
  return new TransportError("denied", `${nameOf(isProxy)} resolves to a link-local address or a metadata service`);
}

function nameOf(isProxy: boolean): string {
  return isProxy ? "the proxy's name" : "the name";
}

async function waitFor(denied: Promise<boolean>, isProxy: boolean, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void =>
    aborted.reject(new TransportError("timeout", `${nameOf(isProxy)} was not resolved within the deadline`));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (await Promise.race([denied, aborted.promise])) throw deniedError(isProxy);
  } catch (error) {
    if (error instanceof TransportError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // The permissions deny the name: the runtime refuses the request itself, and says so.
    if (code === "EPERM") return;
    // `EAI_AGAIN`: no resolver answers; `ENOTFOUND`: no such name.
    const suffix = typeof code === "string" ? ` (${code})` : "";
    throw isProxy
      ? new TransportError("proxy", `proxy: name not resolved${suffix}`)
      : new TransportError("dns", `name not resolved${suffix}`);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || hostname.includes(":") || /^[\d.]+$/.test(hostname);
}

/** The guard of this process. */
export const ADDRESS_GUARD: AddressGuard = createAddressGuard({
  lookup: async (hostname) => (await lookUp(hostname, { all: true })).map(({ address }) => address),
  now: systemClock.now,
  env: readEnv,
});
