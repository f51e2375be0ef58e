import { EndpointUrl, parseEndpointUrl } from "../../config/endpoint_url.ts";
import type { Shard } from "../../config/shard.ts";
import { EXIT, ExitError } from "../../errors.ts";
import { cleanForeign } from "../../redact.ts";
import { classifyTransport } from "../../rpc/classify_transport.ts";
import { readUpTo } from "../../rpc/read_up_to.ts";
import { CONTENT_TYPES } from "../../web/negotiate.ts";

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

/**
 * Tells where a page is pushed to.
 *
 * @param url the gateway's, or one with a grouping key of its own behind `/metrics/job`
 * @param group what makes the key where there is none
 * @throws {ExitError} when the URL can lead nowhere; it is not repeated
 */
export function pushUrl(url: string, { release, namespace, shard }: Group): EndpointUrl {
  const bare = parseEndpointUrl(url);
  if (!(bare instanceof EndpointUrl)) {
    throw new ExitError(EXIT.usage, bare.message.replace("The RPC URL", "The URL of --push"), bare.advice);
  }
  const whole = new URL(url);
  if (!/\/metrics\/job(@base64)?\//.test(whole.pathname)) {
    const labels = [["job", "wallet-balance-exporter"], ["namespace", namespace], ["release", release]];
    if (shard !== undefined) labels.push(["shard", `${shard.index}-of-${shard.of}`]);
    whole.pathname = `${whole.pathname.replace(/\/+$/, "")}/metrics/${labels.map(segmentOf).join("/")}`;
  }
  return new EndpointUrl(whole);
}

/** A label of a grouping key: as base64 where it is empty or has a slash, which a path cannot say. */
function segmentOf([name = "", value = ""]: readonly string[]): string {
  if (value !== "" && !value.includes("/")) return `${name}/${encodeURIComponent(value.toWellFormed())}`;
  const text = new TextEncoder().encode(value).toBase64({ alphabet: "base64url" });
  return `${name}@base64/${text === "" ? "=" : text}`;
}

/**
 * Puts a page on a Pushgateway, in place of what the same group pushed before.
 *
 * @param url see {@linkcode pushUrl}
 * @param page in the text format
 * @throws {ExitError} when the gateway does not take it
 */
export async function push(url: EndpointUrl, page: string): Promise<void> {
  const { href, headers: own } = url.reveal();
  const headers = new Headers({ "content-type": CONTENT_TYPES.text });
  for (const [name, value] of own) headers.set(name, value);
  const signal = AbortSignal.timeout(PATIENCE);
  let status: number;
  let said = "";
  try {
    const response = await fetch(href, { method: "PUT", headers, body: page, signal, redirect: "manual" });
    status = response.status;
    said = (await readUpTo(response, REFUSAL_BYTES)).text;
  } catch (error) {
    const { message } = classifyTransport(error, { aborted: signal.aborted, viaProxy: false });
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
