import type { Clock } from "../clock.ts";

/** What a request's credentials are worth. */
export type Verdict = "good" | "bad" | "busy";

/** Judges the credentials of requests. */
export interface BasicAuth {
  /**
   * @param authorization the header of that name
   * @returns `busy` when so many are being judged that nobody is let in
   */
  judge(authorization: string | null): Promise<Verdict>;
}

/** So many wait at most: each takes a tenth of a second of the one thread there is. */
const MOST_WAITING = 20;
/**
 * Wrong ones are answered so long after they began to be judged, in milliseconds, however long that took: it does not
 * tell whether there is such a user. The next are looked at only then, so that guessing leaves time for scrapes.
 */
const PAUSE = 1000;
/** Good ones are remembered, so that each scrape does not cost as much. */
const MOST_KNOWN = 100;

/**
 * Makes the judge of some users. It takes as long for a user that is not there
 * as for a wrong password, with any hash of the costs that are taken.
 *
 * @param users bcrypt hashes by user, at least one
 * @param clock the pauses'
 */
export function createBasicAuth(users: ReadonlyMap<string, string>, clock: Clock): BasicAuth {
  const known = new Set<string>();
  // The dearest: what others take is less.
  const anyHash = [...users.values()].sort((a, b) => b.slice(4, 6).localeCompare(a.slice(4, 6)))[0] ?? "";
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function check(user: string, password: string, digest: string): Promise<Verdict> {
    // Loaded only where there are passwords.
    const { compare } = await import("bcryptjs");
    const hash = users.get(user);
    const started = clock.now();
    const fits = await compare(password, hash ?? anyHash);
    if (hash === undefined || !fits) {
      await clock.sleep(started + PAUSE - clock.now());
      return "bad";
    }
    if (known.size >= MOST_KNOWN) known.clear();
    known.add(digest);
    return "good";
  }

  return {
    async judge(authorization): Promise<Verdict> {
      const credentials = readCredentials(authorization);
      if (credentials === undefined) return "bad";
      const [user, password] = credentials;
      const digest = await digestOf(user, password);
      if (known.has(digest)) return "good";
      if (waiting >= MOST_WAITING) return "busy";
      waiting++;
      const verdict = last.then(() => check(user, password, digest)).finally(() => waiting--);
      last = verdict.catch(() => {});
      return await verdict;
    },
  };
}

/** No password is longer, in characters of the header. */
const LONGEST_HEADER = 1024;

function readCredentials(authorization: string | null): readonly [user: string, password: string] | undefined {
  if (authorization === null || authorization.length > LONGEST_HEADER) return undefined;
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

/** What is remembered of good credentials: not they themselves. */
async function digestOf(user: string, password: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([user, password]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
}
