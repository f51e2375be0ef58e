import { basename, dirname } from "node:path";
import { findFiles, MAX_MATCHING_FILES } from "../files/stamps.ts";
import { isPattern } from "../files/file_pattern.ts";
import { resolveRelative } from "../files/read_text.ts";
import { type KeptList, listName } from "../model/config.ts";
import type { LoadContext } from "../model/load_context.ts";
import type { Shard } from "../model/shard.ts";
import { EndpointUrl, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import type { Explanation } from "../secrets/expand_secrets.ts";
import { type ExpandedUrl, expandUrl } from "../secrets/expand_url.ts";
import type { Field } from "../source/source_tree.ts";
import { parse } from "../source/validator.ts";
import { readHeaders, warnOfKeyInHost, warnOfPlaceholder } from "./read_endpoint.ts";
import { listShape } from "./schema.ts";
import { readInterval } from "./times.ts";

/** In milliseconds. */
const DEFAULT_REFRESH_MS = 60_000;

/** Where a list is. */
export interface ListPlace {
  readonly field: Field;
  /** The path of a file, or the name of a URL. */
  readonly source: string;
  /** None of a file that is named itself: a problem in it refuses the configuration. */
  readonly kept?: KeptList;
  readonly shard: Shard | undefined;
}

/** Finds the lists of an entry of `walletsFrom`: one of a URL or a file, any number of a pattern. */
export async function listPlaces(
  field: Field,
  network: string,
  index: number,
  context: LoadContext,
): Promise<readonly ListPlace[]> {
  const { value } = field;
  const isText = typeof value === "string" && value !== "";
  const written = isText ? { url: value, refresh: undefined } : parse(listShape, field);
  const at = isText ? field : field.at("url");
  const headers = await readHeaders(field.at("headers"), context);
  const refresh = readInterval(written?.refresh, field.at("refresh")) ?? DEFAULT_REFRESH_MS;
  const { value: template } = at;
  if (typeof template !== "string") return [];
  const { expanded, shard } = await expandPlace(template, context);
  if ("message" in expanded) return refuse(at, expanded);
  const { text } = expanded;
  // A string is a path unless it is a URL after its references are replaced.
  if (isText && !text.includes("://")) return await filePlaces(text, network, { field, shard }, context);
  const url = parseEndpointUrl(text, headers, expanded);
  if (!(url instanceof EndpointUrl)) return refuse(at, url);
  warnOfKeyInHost(url, "list", at);
  warnOfPlaceholder(template, text, "The list's URL", at);
  if (written === undefined || headers === undefined) return [];
  return [{ field, source: url.name, kept: { network, index, url, refresh, shard }, shard }];
}

function refuse(field: Field, { message, advice }: Explanation): readonly ListPlace[] {
  field.error(message.replace("The RPC URL", "The list's URL"), advice);
  return [];
}

async function filePlaces(
  text: string,
  network: string,
  at: Pick<ListPlace, "field" | "shard">,
  { file, onFile }: LoadContext,
): Promise<readonly ListPlace[]> {
  const { field, shard } = at;
  const none = (message: string, advice = ""): readonly ListPlace[] => {
    field.error(message, advice);
    return [];
  };
  if (!/\.(csv|json)$/i.test(text)) {
    return none("Must be a URL, or files whose names end with .csv or .json, such as wallets.d/*.csv");
  }
  const path = resolveRelative(text, file);
  if (dirname(text).includes("*")) {
    return none("A pattern can be in the name of a file, not in that of a folder", "Write one entry for each folder");
  }
  if (!isPattern(path)) return [{ ...at, source: path }];
  // Its stamp is that of all its files, so that a new one is waited for until it is complete.
  await onFile?.(path);
  const found = await findFiles(path);
  if ("why" in found) return none(`Cannot read the folder ${dirname(path)}: ${found.why}`, "Check its permissions");
  const { files, excess } = found;
  if (files.length === 0) {
    const advice = `The wallets of a file ${basename(path)} are monitored as soon as there is one`;
    field.notice(`No file matches ${path} yet`, advice);
  }
  const problem = `${MAX_MATCHING_FILES + excess} files match, only the first ${MAX_MATCHING_FILES} are read`;
  const lists: readonly KeptList[] = [
    ...files.map(({ path }) => ({ network, path, shard })),
    ...excess === 0 ? [] : [{ network, path, problem }],
  ];
  return lists.map((kept) => ({ ...at, source: listName(kept), kept }));
}

interface Expanded {
  readonly expanded: ExpandedUrl | Explanation;
  /** Whose wallets are watched; all if the list is the shard's own part already. */
  readonly shard: Shard | undefined;
}

/** `${shard}` and `${shards}` are those of the flag, 0 and 1 without it. */
async function expandPlace(template: string, context: LoadContext): Promise<Expanded> {
  const { shard } = context;
  let isPart = false;
  const plain = (name: string): string | undefined => {
    if (name === "shard") isPart = true;
    return name === "shard" ? `${shard?.index ?? 0}` : name === "shards" ? `${shard?.of ?? 1}` : undefined;
  };
  const expanded = await expandUrl(template, { ...context, plain });
  return { expanded, shard: isPart ? undefined : shard };
}
