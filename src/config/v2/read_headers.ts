import type { Header } from "../endpoint_url.ts";
import { expandSecrets, type SecretSource } from "../expand_secrets.ts";
import { isPlaceholderHeader } from "../placeholder.ts";
import type { Path } from "../source_tree.ts";
import type { Scribe } from "./scribe.ts";

/** Headers that the program or the runtime sets. */
const OURS: ReadonlySet<string> = new Set(
  "accept accept-encoding connection content-encoding content-length content-type expect host keep-alive te trailer transfer-encoding upgrade user-agent"
    .split(" "),
);

/** No server takes a longer one, and all its parts are kept to be hidden. */
const MAX_VALUE = 16_384;

/**
 * Reads the headers that are sent somewhere, and the secrets in them.
 *
 * @param values texts by name, as parsed
 * @param path where they stand
 * @param secrets where secrets come from
 * @param scribe told what is wrong
 * @returns `undefined` when anything is wrong
 */
export async function readHeaders(
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
  const names = new Set<string>();
  for (const [name] of good) {
    if (!names.has(name)) {
      names.add(name);
      continue;
    }
    scribe.tell("error", path, `The header ${name} stands here twice`, "Remove one");
    return undefined;
  }
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
  if (value.length > MAX_VALUE) {
    scribe.tell("error", path, `The value is longer than ${MAX_VALUE} characters`, "Write a shorter one");
    return undefined;
  }
  if (isPlaceholderHeader(template)) {
    const message = `The header ${name} has a placeholder, which is sent as it is`;
    scribe.tell("warning", path, message, "Write the value itself, or ${NAME} and set that variable");
  }
  if (/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return [name.toLowerCase(), value];
  scribe.tell("error", path, "The value cannot stand in a header", "Write one line of Latin letters, digits and signs");
  return undefined;
}
