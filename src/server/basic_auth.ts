import type { Clock } from "../util/clock.ts";
import { createGuessQueue } from "./guess_queue.ts";

/** The result of checking the credentials of a request. */
export type Verdict = "good" | "bad" | "busy";

/** Verifies the credentials of requests. */
export interface BasicAuth {
  /** Replaces the users: bcrypt hashes by name. Verified users stay verified while their hash is the same. */
  setUsers(users: ReadonlyMap<string, string>): void;
  /**
   * @param authorization the header of that name
   * @param origin guesses of one origin wait for each other, and not for those of other origins
   * @returns `busy` if too many checks are pending; `good` without users
   */
  verify(authorization: string | null, origin: (user: string) => string): Promise<Verdict>;
}

/**
 * Creates a verifier without users. An unknown user takes as long as a wrong password, whatever the cost of the hashes,
 * so that the time does not reveal user names.
 */
export function createBasicAuth(clock: Clock): BasicAuth {
  const checkGuess = createGuessQueue(clock);
  /** Digests of the last verified credentials by user: bcrypt is too slow for every scrape. */
  const verified = new Map<string, { readonly digest: string; readonly hash: string }>();
  let users: ReadonlyMap<string, string> = new Map();
  let anyHash = "";

  async function isRight(user: string, password: string, digest: string): Promise<boolean> {
    // Loaded only if there are passwords.
    const { compare } = await import("bcryptjs");
    const hash = users.get(user);
    const fits = await compare(password, hash ?? anyHash);
    if (hash === undefined || !fits || users.get(user) !== hash) return false;
    verified.set(user, { digest, hash });
    return true;
  }

  return {
    setUsers(next): void {
      users = next;
      // The most expensive one: checking any other takes less time.
      anyHash = [...next.values()].sort((a, b) => b.slice(4, 6).localeCompare(a.slice(4, 6)))[0] ?? "";
      for (const [user, { hash }] of verified) if (next.get(user) !== hash) verified.delete(user);
    },
    async verify(authorization, origin): Promise<Verdict> {
      if (users.size === 0) return "good";
      const credentials = readCredentials(authorization);
      if (credentials === undefined) return "bad";
      const [user, password] = credentials;
      const digest = await digestOf(user, password);
      const isVerified = (): boolean => verified.get(user)?.digest === digest;
      if (isVerified()) return "good";
      const verdict = await checkGuess(origin(user), async () => isVerified() || await isRight(user, password, digest));
      return verdict === undefined ? "busy" : verdict ? "good" : "bad";
    },
  };
}

/** Maximum length of credentials, in characters. */
const MAX_HEADER = 1024;

function readCredentials(authorization: string | null): readonly [user: string, password: string] | undefined {
  if (authorization === null || authorization.length > MAX_HEADER) return undefined;
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(encoded));
    const colon = text.indexOf(":");
    return colon === -1 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
  } catch {
    return undefined;
  }
}

/** The credentials themselves are not kept in memory. */
async function digestOf(user: string, password: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([user, password]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
}
