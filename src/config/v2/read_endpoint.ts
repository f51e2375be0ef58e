import type { EndpointConfig } from "../model/config.ts";
import { EndpointUrl, type Header, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import { expandSecrets, type SecretSource } from "../secrets/expand_secrets.ts";
import { expandUrl } from "../secrets/expand_url.ts";
import { isExampleHost, isPlaceholderHeader, placeholderInExpanded } from "../secrets/placeholder.ts";
import type { Field } from "../source/source_tree.ts";
import { endpointShape } from "./schema.ts";
import { parse } from "../source/validator.ts";

/**
 * Reads one endpoint, with its secrets.
 *
 * @returns `undefined` when anything is wrong
 */
export async function parseEndpoint(field: Field, secrets: SecretSource): Promise<EndpointConfig | undefined> {
  const isUrl = typeof field.value === "string";
  const written = isUrl ? { url: field.value } : parse(endpointShape, field);
  // Everything in it is checked, even if something is wrong already.
  const headers = await readHeaders(field.at("headers"), secrets);
  const place = isUrl ? field : field.at("url");
  const url = await readUrl(place, headers ?? [], secrets);
  if (written === undefined || headers === undefined || url === undefined) return undefined;
  if (written.name === undefined) warnOfKeyInHost(url, "endpoint", place);
  const { name = url.name, requestsPerSecond: callsPerSecond } = written;
  return callsPerSecond === undefined ? { name, url } : { name, url, callsPerSecond };
}

async function readUrl(
  field: Field,
  headers: readonly Header[],
  secrets: SecretSource,
): Promise<EndpointUrl | undefined> {
  const { value: template } = field;
  if (typeof template !== "string") return undefined;
  const expanded = await expandUrl(template, secrets);
  if ("message" in expanded) return field.error(expanded.message, expanded.advice);
  const url = parseEndpointUrl(expanded.text, headers, expanded);
  if (!(url instanceof EndpointUrl)) return field.error(url.message, url.advice);
  warnOfPlaceholder(template, expanded.text, "The RPC URL", field);
  return url;
}

/** Warns of a URL with a placeholder, or with a host that is reserved for examples. */
export function warnOfPlaceholder(template: string, url: string, what: string, field: Field): void {
  const where = placeholderInExpanded(template, url);
  if (where !== undefined) {
    const message = `${what} has a placeholder in its ${where}, which is sent as it is`;
    field.warning(message, "Write the key itself, or use ${NAME} and set that variable");
  } else if (isExampleHost(url)) {
    field.notice(`${what} has a host that is reserved for examples`, "Write the real host");
  }
}

/** Warns of a key in the host, which is shown in labels. */
export function warnOfKeyInHost({ hasKeyInHost }: EndpointUrl, label: string, field: Field): void {
  if (!hasKeyInHost) return;
  const advice = label === "endpoint" ? "Give the endpoint a name" : "Use a host without a key";
  field.warning(`Part of the host looks like a key; the label ${label} shows *** instead`, advice);
}

/** Headers that the program or the runtime sets. */
const OURS: ReadonlySet<string> = new Set(
  "accept accept-encoding connection content-encoding content-length content-type expect host keep-alive te trailer transfer-encoding upgrade user-agent"
    .split(" "),
);

/** No server accepts a longer one, and all its parts are kept for redaction. */
const MAX_VALUE = 16_384;

/**
 * Reads headers, with their secrets.
 *
 * @returns `undefined` when anything is wrong
 */
export async function readHeaders(field: Field, secrets: SecretSource): Promise<readonly Header[] | undefined> {
  const { value: values } = field;
  if (typeof values !== "object" || values === null) return [];
  const headers = await Promise.all(Object.keys(values).map((name) => readHeader(name, field.at(name), secrets)));
  const good = headers.filter((header) => header !== undefined);
  const names = new Set<string>();
  for (const [name] of good) {
    if (names.has(name)) return field.error(`Duplicate header "${name}"`, "Remove one");
    names.add(name);
  }
  return good.length === headers.length ? good : undefined;
}

async function readHeader(name: string, field: Field, secrets: SecretSource): Promise<Header | undefined> {
  const { value: template } = field;
  if (typeof template !== "string") return undefined;
  const value = await expandSecrets(template, secrets);
  if (typeof value !== "string") return field.error(value.message, value.advice);
  if (isPlaceholderHeader(template)) {
    const message = `The header ${name} contains a placeholder, which is sent as it is`;
    field.warning(message, "Write the value itself, or use ${NAME} and set that variable");
  }
  return checkHeader(name, value, field);
}

/**
 * Checks a header that was read.
 *
 * @returns `undefined` when it cannot be sent
 */
export function checkHeader(name: string, value: string, field: Field): Header | undefined {
  if (OURS.has(name.toLowerCase())) {
    return field.error(`The header ${name} is set by the exporter`, "Remove it", "key");
  }
  if (value.length > MAX_VALUE) return field.error(`The value is longer than ${MAX_VALUE} characters`, "");
  if (/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return [name.toLowerCase(), value];
  return field.error("Invalid header value", "Expected one line of Latin letters, digits and punctuation");
}
