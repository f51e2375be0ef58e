import { EndpointUrl, parseEndpointUrl } from "../config/secrets/endpoint_url.ts";
import type { Shard } from "../config/model/shard.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { cleanForeign } from "../util/redact.ts";
import { request, type SecretUrl } from "../http/request.ts";
import { systemClock } from "../util/clock.ts";
import { ENCODERS } from "../metrics/encoders/encoders.ts";

/** A cron job waits no longer for a gateway, in milliseconds. */
const TIMEOUT = 10_000;

/** How much of an error is read, and how many characters of it are shown. */
const MAX_ERROR_BYTES = 4096;
const MAX_ERROR_LENGTH = 300;

/** The grouping key: a push replaces the series of its group, and no others. */
export interface Group {
  readonly release: string;
  readonly namespace: string;
  readonly shard: Shard | undefined;
}

/** A grouping key in a URL. */
const KEY = /\/metrics\/job(@base64)?\/.*$/;

/**
 * Returns the URL to push to.
 *
 * @param text the gateway's URL, or one with a grouping key behind `/metrics/job`
 * @param group the grouping key if the URL has none
 * @throws {ExitError} if the URL is invalid; it is not quoted
 */
export function pushUrl(text: string, { release, namespace, shard }: Group): SecretUrl {
  const whole = URL.parse(text);
  const own = KEY.exec(whole?.pathname ?? "")?.[0];
  // The key is no secret: its labels are in the page as well.
  if (whole !== null && own !== undefined) whole.pathname = whole.pathname.replace(KEY, "");
  const url = parseEndpointUrl(whole?.href ?? text);
  if (!(url instanceof EndpointUrl)) {
    throw new ExitError(EXIT.usage, url.message.replace("The RPC URL", "The --push URL"), url.advice);
  }
  const labels = [["job", "wallet-balance-exporter"], ["namespace", namespace], ["release", release]];
  if (shard !== undefined) labels.push(["shard", `${shard.index}-of-${shard.of}`]);
  const { href, headers } = url.reveal();
  const target = new URL(href);
  target.pathname = target.pathname.replace(/\/+$/, "") + (own ?? `/metrics/${labels.map(segmentOf).join("/")}`);
  return { name: url.name, reveal: () => ({ href: target.href, headers }) };
}

/** A label of a grouping key; in base64 if it is empty, has a slash, or is `.` or `..`, which a path cannot express. */
function segmentOf([name = "", value = ""]: readonly string[]): string {
  if (!/^$|\/|^\.\.?$/.test(value)) return `${name}/${encodeURIComponent(value.toWellFormed())}`;
  const text = new TextEncoder().encode(value).toBase64({ alphabet: "base64url" });
  return `${name}@base64/${text === "" ? "=" : text}`;
}

/**
 * Pushes a page to a Pushgateway; it replaces what the same group pushed before.
 *
 * @param page in the text format
 * @throws {ExitError} if the gateway does not accept it
 */
export async function push(url: SecretUrl, page: string): Promise<void> {
  const { status, bytes } = await request(url, {
    method: "PUT",
    headers: { "content-type": ENCODERS.text.contentType },
    body: page,
    clock: systemClock,
    timeout: TIMEOUT,
    maxBytes: () => MAX_ERROR_BYTES,
  }).catch(({ message }) => {
    throw pushFailed(url, message, "Check the URL of --push");
  });
  if (status >= 200 && status < 300) return;
  const words = cleanForeign(new TextDecoder().decode(bytes), MAX_ERROR_LENGTH);
  throw pushFailed(url, `HTTP ${status}${words === "" ? "" : `: ${words}`}`, adviceOn(status));
}

function pushFailed({ name }: SecretUrl, why: string, advice: string): ExitError {
  return new ExitError(EXIT.failure, `Pushing to ${name} failed: ${why}`, advice);
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) return "Set user and password in the URL of --push: https://user:password@host";
  if (status >= 300 && status < 400) return "Redirects are not followed: use the URL it redirects to";
  return status === 404 || status === 405 ? "Check that the URL of --push is that of a Pushgateway" : "";
}
