import type { EndpointConfig } from "../model/config.ts";
import { EndpointUrl, type Header, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import { expandSecrets, type SecretSource } from "../secrets/expand_secrets.ts";
import { expandUrl } from "../secrets/expand_url.ts";
import { isExampleHost, isPlaceholderHeader, placeholderInExpanded } from "../secrets/placeholder.ts";
import { fieldOf, type Path } from "../source/source_tree.ts";
import { endpointShape } from "./schema.ts";
import type { Validator } from "../source/validator.ts";

/**
 * Reads one endpoint, with its secrets.
 *
 * @returns `undefined` when anything is wrong
 */
export async function readEndpoint(
  value: unknown,
  path: Path,
  secrets: SecretSource,
  validator: Validator,
): Promise<EndpointConfig | undefined> {
  const isUrl = typeof value === "string";
  const written = isUrl ? { url: value } : validator.parse(endpointShape, value, path);
  // Everything in it is checked, even if something is wrong already.
  const headers = await readHeaders(fieldOf(value, "headers"), [...path, "headers"], secrets, validator);
  const template = isUrl ? value : fieldOf(value, "url");
  const place = isUrl ? path : [...path, "url"];
  const url = typeof template === "string"
    ? await readUrl(template, headers ?? [], place, secrets, validator)
    : undefined;
  if (written === undefined || headers === undefined || url === undefined) return undefined;
  if (written.name === undefined) warnOfKeyInHost(url, "endpoint", place, validator);
  const { name = url.name, requestsPerSecond: callsPerSecond } = written;
  return callsPerSecond === undefined ? { name, url } : { name, url, callsPerSecond };
}

async function readUrl(
  template: string,
  headers: readonly Header[],
  path: Path,
  secrets: SecretSource,
  validator: Validator,
): Promise<EndpointUrl | undefined> {
  const expanded = await expandUrl(template, secrets);
  const url = "message" in expanded ? expanded : parseEndpointUrl(expanded.text, headers, expanded);
  if (url instanceof EndpointUrl) {
    if ("text" in expanded) warnOfPlaceholder(template, expanded.text, "The RPC URL", path, validator);
    return url;
  }
  validator.report("error", path, url.message, url.advice);
  return undefined;
}

/** Warns of a URL with a placeholder, or with a host that is reserved for examples. */
export function warnOfPlaceholder(template: string, url: string, what: string, path: Path, validator: Validator): void {
  const where = placeholderInExpanded(template, url);
  if (where !== undefined) {
    const message = `${what} has a placeholder in its ${where}, which is sent as it is`;
    validator.report("warning", path, message, "Write the key itself, or use ${NAME} and set that variable");
  } else if (isExampleHost(url)) {
    validator.report("notice", path, `${what} has a host that is reserved for examples`, "Write the real host");
  }
}

/** Warns of a key in the host, which is shown in labels. */
export function warnOfKeyInHost({ hasKeyInHost }: EndpointUrl, label: string, path: Path, validator: Validator): void {
  if (!hasKeyInHost) return;
  const message = `Part of the host looks like a key; the label ${label} shows *** instead`;
  const advice = label === "endpoint" ? "Give the endpoint a name" : "Use a host without a key";
  validator.report("warning", path, message, advice);
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
export async function readHeaders(
  values: unknown,
  path: Path,
  secrets: SecretSource,
  validator: Validator,
): Promise<readonly Header[] | undefined> {
  if (typeof values !== "object" || values === null) return [];
  const headers = await Promise.all(
    Object.entries(values).map(([name, template]) =>
      typeof template === "string" ? readHeader(name, template, [...path, name], secrets, validator) : undefined
    ),
  );
  const good = headers.filter((header) => header !== undefined);
  const names = new Set<string>();
  for (const [name] of good) {
    if (!names.has(name)) {
      names.add(name);
      continue;
    }
    validator.report("error", path, `Duplicate header "${name}"`, "Remove one");
    return undefined;
  }
  return good.length === headers.length ? good : undefined;
}

async function readHeader(
  name: string,
  template: string,
  path: Path,
  secrets: SecretSource,
  validator: Validator,
): Promise<Header | undefined> {
  if (OURS.has(name.toLowerCase())) {
    validator.report("error", path, `The header ${name} is set by the exporter`, "Remove it", "key");
    return undefined;
  }
  const value = await expandSecrets(template, secrets);
  if (typeof value !== "string") {
    validator.report("error", path, value.message, value.advice);
    return undefined;
  }
  if (value.length > MAX_VALUE) {
    validator.report("error", path, `The value is longer than ${MAX_VALUE} characters`, "");
    return undefined;
  }
  if (isPlaceholderHeader(template)) {
    const message = `The header ${name} contains a placeholder, which is sent as it is`;
    validator.report("warning", path, message, "Write the value itself, or use ${NAME} and set that variable");
  }
  if (/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return [name.toLowerCase(), value];
  const advice = "Expected one line of Latin letters, digits and punctuation";
  validator.report("error", path, "Invalid header value", advice);
  return undefined;
}
