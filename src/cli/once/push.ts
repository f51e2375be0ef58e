import { EndpointUrl, parseEndpointUrl } from "../../config/secrets/endpoint_url.ts";
import type { Shard } from "../../config/model/shard.ts";
import { EXIT, ExitError } from "../../util/errors.ts";
import { cleanForeign } from "../../util/redact.ts";
import { ADDRESS_GUARD } from "../../jsonrpc/address_guard.ts";
import { classifyTransport } from "../../jsonrpc/classify_transport.ts";
import { readUpTo } from "../../jsonrpc/read_up_to.ts";
import { CONTENT_TYPES } from "../../server/negotiate.ts";

/** Nobody waits longer for a gateway, in milliseconds. */
const PATIENCE = 10_000;

/** Of a refusal this much is read, and shown. */
const REFUSAL_BYTES = 4096;
const REFUSAL_SHOWN = 300;

/** Whose the pushed series are: what they replace, and nothing else. */
export interface Group {
  readonly release: string;
  readonly namespace: string;
  readonly shard: Shard | undefined;
}

/** Where a page is pushed to; prints as the gateway's name. */
export interface PushTarget {
  readonly name: string;
  readonly reveal: EndpointUrl["reveal"];
}

/** Where the grouping key begins, if there is one. */
const KEY = /\/metrics\/job(@base64)?\/.*$/;

/**
 * Tells where a page is pushed to.
 *
 * @param text the gateway's URL, or one with a grouping key of its own behind `/metrics/job`
 * @param group what makes the key where there is none
 * @throws {ExitError} when the URL can lead nowhere; it is not repeated
 */
export function pushUrl(text: string, { release, namespace, shard }: Group): PushTarget {
  const whole = URL.parse(text);
  const own = KEY.exec(whole?.pathname ?? "")?.[0];
  // The key is no secret: its labels stand in the page as well.
  if (whole !== null && own !== undefined) whole.pathname = whole.pathname.replace(KEY, "");
  const url = parseEndpointUrl(whole?.href ?? text);
  if (!(url instanceof EndpointUrl)) {
    throw new ExitError(EXIT.usage, url.message.replace("The RPC URL", "The URL of --push"), url.advice);
  }
  const labels = [["job", "wallet-balance-exporter"], ["namespace", namespace], ["release", release]];
  if (shard !== undefined) labels.push(["shard", `${shard.index}-of-${shard.of}`]);
  const { href, headers } = url.reveal();
  const target = new URL(href);
  target.pathname = target.pathname.replace(/\/+$/, "") + (own ?? `/metrics/${labels.map(segmentOf).join("/")}`);
  return { name: url.name, reveal: () => ({ href: target.href, headers }) };
}

/** A label of a grouping key: as base64 where it is empty, has a slash, or is one or two points, which a path cannot say. */
function segmentOf([name = "", value = ""]: readonly string[]): string {
  if (!/^$|\/|^\.\.?$/.test(value)) return `${name}/${encodeURIComponent(value.toWellFormed())}`;
  const text = new TextEncoder().encode(value).toBase64({ alphabet: "base64url" });
  return `${name}@base64/${text === "" ? "=" : text}`;
}

/**
 * Puts a page on a Pushgateway, in place of what the same group pushed before.
 *
 * @param url see {@linkcode pushUrl}
 * @param page in the text format
 * @param viaProxy whether a proxy stands between
 * @throws {ExitError} when the gateway does not take it
 */
export async function push(url: PushTarget, page: string, viaProxy: boolean): Promise<void> {
  const { href, headers: own } = url.reveal();
  const headers = new Headers({ "content-type": CONTENT_TYPES.text });
  for (const [name, value] of own) headers.set(name, value);
  const signal = AbortSignal.timeout(PATIENCE);
  let status: number;
  let said = "";
  try {
    await ADDRESS_GUARD.check(href, signal);
    const response = await fetch(href, { method: "PUT", headers, body: page, signal, redirect: "manual" });
    status = response.status;
    said = (await readUpTo(response, REFUSAL_BYTES)).text;
  } catch (error) {
    const { message } = classifyTransport(error, { aborted: signal.aborted, viaProxy });
    throw new ExitError(
      EXIT.failure,
      `The page cannot be pushed to ${url.name}: ${message}`,
      "Check the URL of --push",
    );
  }
  if (status >= 200 && status < 300) return;
  const words = cleanForeign(said, REFUSAL_SHOWN);
  const why = `it answers ${status}${words === "" ? "" : `: ${words}`}`;
  throw new ExitError(EXIT.failure, `The page cannot be pushed to ${url.name}: ${why}`, adviceOn(status));
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) {
    return "Put user and password into the URL of --push: https://user:password@host";
  }
  if (status >= 300 && status < 400) return "Redirects are not followed: write the URL it leads to";
  return status === 404 || status === 405 ? "Check that the URL of --push is that of a Pushgateway" : "";
}
