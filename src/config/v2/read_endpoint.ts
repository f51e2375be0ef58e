import type { EndpointConfig } from "../config.ts";
import { EndpointUrl, type Header, parseEndpointUrl } from "../endpoint_url.ts";
import type { SecretSource } from "../expand_secrets.ts";
import { expandUrl } from "../expand_url.ts";
import { isExampleHost, placeholderInExpanded } from "../placeholder.ts";
import type { Path } from "../source_tree.ts";
import { fieldOf } from "./field_of.ts";
import { readHeaders } from "./read_headers.ts";
import { endpointShape } from "./schema.ts";
import type { Scribe } from "./scribe.ts";

/**
 * Reads one endpoint of format 2, and the secrets in it.
 *
 * @param value as parsed: a URL, or an object with more
 * @param path where it stands
 * @param secrets where they come from
 * @param scribe takes it out, and is told what is wrong
 * @returns `undefined` when anything is wrong
 */
export async function readEndpoint(
  value: unknown,
  path: Path,
  secrets: SecretSource,
  scribe: Scribe,
): Promise<EndpointConfig | undefined> {
  const isUrl = typeof value === "string";
  const written = isUrl ? { url: value } : scribe.take(endpointShape, value, path);
  // What stands in it is checked even where something else is wrong with it.
  const headers = await readHeaders(fieldOf(value, "headers"), [...path, "headers"], secrets, scribe);
  const template = isUrl ? value : fieldOf(value, "url");
  const place = isUrl ? path : [...path, "url"];
  const url = typeof template === "string" ? await readUrl(template, headers ?? [], place, secrets, scribe) : undefined;
  if (written === undefined || headers === undefined || url === undefined) return undefined;
  if (written.name === undefined) warnOfKeyInHost(url, "endpoint", place, scribe);
  const { name = url.name, requestsPerSecond: callsPerSecond } = written;
  return callsPerSecond === undefined ? { name, url } : { name, url, callsPerSecond };
}

async function readUrl(
  template: string,
  headers: readonly Header[],
  path: Path,
  secrets: SecretSource,
  scribe: Scribe,
): Promise<EndpointUrl | undefined> {
  const expanded = await expandUrl(template, secrets);
  const url = "message" in expanded ? expanded : parseEndpointUrl(expanded.text, headers, expanded);
  if (url instanceof EndpointUrl) {
    if ("text" in expanded) warnOfPlaceholder(template, expanded.text, "The RPC URL", path, scribe);
    return url;
  }
  scribe.tell("error", path, url.message, url.advice);
  return undefined;
}

/**
 * Warns of a URL that leads nowhere, since something in it was not filled in.
 *
 * @param template as written
 * @param url with its values
 * @param what the URL is called
 * @param path where it is
 * @param scribe where to report
 */
export function warnOfPlaceholder(template: string, url: string, what: string, path: Path, scribe: Scribe): void {
  const where = placeholderInExpanded(template, url);
  if (where !== undefined) {
    const message = `${what} has a placeholder in its ${where}, which is sent as it is`;
    scribe.tell("warning", path, message, "Write the key itself, or ${NAME} and set that variable");
  } else if (isExampleHost(url)) {
    scribe.tell("notice", path, `${what} has a host that is reserved for examples`, "Write the host itself");
  }
}

/**
 * Warns of a host that has a key in it: hosts are names, and names are shown.
 *
 * @param url whose host
 * @param label the label that shows its name
 * @param path where the URL is
 * @param scribe where to report
 */
export function warnOfKeyInHost({ hasKeyInHost }: EndpointUrl, label: string, path: Path, scribe: Scribe): void {
  if (!hasKeyInHost) return;
  const message = `A part of the host looks like a key; the label ${label} shows *** in its place`;
  scribe.tell("warning", path, message, label === "endpoint" ? "Give the endpoint a name" : "Use a host without a key");
}
