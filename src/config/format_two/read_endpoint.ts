import type { EndpointConfig } from "../config.ts";
import { EndpointUrl, type Header, parseEndpointUrl } from "../endpoint_url.ts";
import { expandSecrets, type SecretSource } from "../expand_secrets.ts";
import type { Path } from "../source_tree.ts";
import { fieldOf } from "./field_of.ts";
import { endpointShape } from "./schema.ts";
import type { Scribe } from "./scribe.ts";

/** Headers that the program or the runtime sets. */
const OURS: ReadonlySet<string> = new Set(
  "accept accept-encoding connection content-encoding content-length content-type expect host keep-alive te trailer transfer-encoding upgrade user-agent"
    .split(" "),
);

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
  const href = await expandSecrets(template, secrets);
  const url = typeof href === "string" ? parseEndpointUrl(href, headers) : href;
  if (url instanceof EndpointUrl) return url;
  scribe.tell("error", path, url.message, url.advice);
  return undefined;
}

async function readHeaders(
  values: unknown,
  path: Path,
  secrets: SecretSource,
  scribe: Scribe,
): Promise<readonly Header[] | undefined> {
  if (typeof values !== "object" || values === null) return [];
  const headers = await Promise.all(
    Object.entries(values).map(([name, template]) =>
      typeof template === "string" ? readHeader(name, template, [...path, name], secrets, scribe) : undefined
    ),
  );
  const good = headers.filter((header) => header !== undefined);
  return good.length === headers.length ? good : undefined;
}

async function readHeader(
  name: string,
  template: string,
  path: Path,
  secrets: SecretSource,
  scribe: Scribe,
): Promise<Header | undefined> {
  if (OURS.has(name.toLowerCase())) {
    scribe.tell("error", path, `The header ${name} is set by the exporter`, "Remove it", "key");
    return undefined;
  }
  const value = await expandSecrets(template, secrets);
  if (typeof value !== "string") {
    scribe.tell("error", path, value.message, value.advice);
    return undefined;
  }
  if (/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return [name.toLowerCase(), value];
  scribe.tell("error", path, "The value cannot stand in a header", "Write one line of Latin letters, digits and signs");
  return undefined;
}
