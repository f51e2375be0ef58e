import type { RejectedEntry, RemoteList, WalletConfig } from "../model/config.ts";
import { EndpointUrl, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import type { Explanation } from "../secrets/expand_secrets.ts";
import { type ExpandedUrl, expandUrl } from "../secrets/expand_url.ts";
import { formatProblem, type Problem } from "../model/problem.ts";
import { MEMORY_ADVICE } from "../model/memory_budget.ts";
import { costOfList } from "../model/memory_cost.ts";
import { countDistinct, type Shard } from "../model/shard.ts";
import type { LoadContext } from "../model/load_context.ts";
import { readText, resolveRelative } from "../files/read_text.ts";
import type { Field } from "../source/source_tree.ts";
import { ListError, MAX_LIST_BYTES } from "../lists/list_entries.ts";
import { readHeaders, warnOfKeyInHost, warnOfPlaceholder } from "./read_endpoint.ts";
import { readInterval } from "./times.ts";
import type { WalletSetting } from "../wallets/read_wallet.ts";
import { listShape } from "./schema.ts";
import { parse } from "../source/validator.ts";

/** In milliseconds. */
const DEFAULT_REFRESH_MS = 60_000;

/** The content of the lists of a network. */
export interface Listed {
  readonly wallets: readonly WalletConfig[];
  readonly rejected: readonly RejectedEntry[];
  /** Problems of entries, which affect nothing else. */
  readonly problems: readonly Problem[];
  /** Lists over HTTP. */
  readonly remote: readonly RemoteList[];
  /** The number of wallets of other shards. */
  readonly others: number;
  /** The number of wallets in each file list, of all shards, by network and path. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Where a list is. */
interface Place {
  readonly field: Field;
  /** The path of a file, or the name of a URL. */
  readonly source: string;
  /** None of a file. */
  readonly remote?: RemoteList;
  readonly shard: Shard | undefined;
}

/** Reads the lists of `walletsFrom` of a network. */
export async function readWalletsFrom(
  network: Field,
  setting: WalletSetting,
  context: LoadContext,
): Promise<Listed> {
  const written = network.at("walletsFrom");
  const wallets: WalletConfig[] = [];
  const rejected: RejectedEntry[] = [];
  const problems: Problem[] = [];
  const fields = Array.isArray(written.value) ? [...written.items()] : written.value === undefined ? [] : [written];
  const { value: named } = network.at("name");
  const name = typeof named === "string" ? named : "";
  const all = await Promise.all(fields.map((field, index) => placeOf(field, name, index, context)));
  const places = all.filter((place) => place !== undefined);
  const remote = places.flatMap((place) => place.remote ?? []);
  // Fetched in parallel; read one at a time, so that only one text is in memory.
  await Promise.all(remote.map((list) => context.lists?.fetch(list)));
  const sizes = new Map<string, number>();
  let others = 0;
  const { budget } = context;
  for (const place of places) {
    const read = (): Promise<void> => readPlace(place);
    await (budget === undefined ? read() : budget.inTurn(read));
  }

  async function readPlace(place: Place): Promise<void> {
    const text = await textOf(place, context);
    if (text === undefined) return;
    const { field, source, shard } = place;
    const isRemote = place.remote !== undefined;
    const part = isRemote ? "remote" : "value";
    // A program writes an empty file if it found no wallets; from a server it is an error.
    if (!isRemote && /\.csv$/i.test(source) && text.trim() === "") {
      sizes.set(`${name} ${source}`, 0);
      return field.notice(`The list ${source} is empty`, "");
    }
    const excess = budget?.claim(costOfList(text, shard?.of, isRemote));
    if (excess !== undefined) {
      const message = `The list ${source} does not fit in memory: ${excess}`;
      // At a start the other wallets are watched; on a reload the previous configuration is kept.
      const isUsed = isRemote && budget?.isReload !== true;
      return isUsed ? field.warning(message, MEMORY_ADVICE, part) : field.error(message, MEMORY_ADVICE, part);
    }
    try {
      const { readWalletList } = await import("../lists/read_wallet_list.ts");
      const list = await readWalletList(text, source, setting, shard && { network: name, shard });
      others += list.size - countDistinct(list.wallets);
      if (!isRemote) sizes.set(`${name} ${source}`, list.size);
      // Not spread into arguments: a call takes a limited number.
      for (const wallet of list.wallets) wallets.push(wallet);
      for (const entry of list.rejected) rejected.push(entry);
      for (const problem of list.problems) problems.push(isRemote ? { ...problem, isRemote } : problem);
    } catch (error) {
      if (!(error instanceof ListError)) throw error;
      const { message, advice, position } = error;
      const text = formatProblem(source, { severity: "error", path: "", ...position, message, advice });
      return isRemote ? field.warning(text, "", part) : field.error(text, "");
    }
  }

  return { wallets, rejected, problems, remote, others, sizes };
}

/** A string is a path unless it is a URL after its references are replaced. */
async function placeOf(
  field: Field,
  network: string,
  index: number,
  context: LoadContext,
): Promise<Place | undefined> {
  const { value } = field;
  const isText = typeof value === "string" && value !== "";
  const written = isText ? { url: value, refresh: undefined } : parse(listShape, field);
  const at = isText ? field : field.at("url");
  const headers = await readHeaders(field.at("headers"), context);
  const refresh = readInterval(written?.refresh, field.at("refresh")) ?? DEFAULT_REFRESH_MS;
  const { value: template } = at;
  if (typeof template !== "string") return undefined;
  const { expanded, shard } = await expandPlace(template, context);
  const error = ({ message, advice }: Explanation): undefined =>
    at.error(message.replace("The RPC URL", "The list's URL"), advice);
  if ("message" in expanded) return error(expanded);
  const { text } = expanded;
  if (isText && !text.includes("://")) {
    if (/\.(csv|json)$/i.test(text)) return { field, source: resolveRelative(text, context.file), shard };
    return at.error("Must be a URL, or a file whose name ends with .csv or .json", "");
  }
  const url = parseEndpointUrl(text, headers, expanded);
  if (!(url instanceof EndpointUrl)) return error(url);
  warnOfKeyInHost(url, "list", at);
  warnOfPlaceholder(template, text, "The list's URL", at);
  if (written === undefined || headers === undefined) return undefined;
  return { field, source: url.name, remote: { network, index, url, refresh, shard }, shard };
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

async function textOf(
  { field, source, remote }: Place,
  { lists, onFile, budget }: LoadContext,
): Promise<string | undefined> {
  if (remote === undefined) {
    await onFile?.(source);
    const text = await readText(source, Math.min(MAX_LIST_BYTES, budget?.maxText() ?? Infinity));
    if (typeof text === "string") return text;
    const advice = "Check the path, and that the file is mounted and readable for this user";
    return field.error(`Cannot read the list ${source}: ${text.why}`, advice);
  }
  if (lists === undefined) {
    const message = `The list from ${source} is not fetched here, its wallets are not included`;
    return field.notice(message, "The exporter and the command once fetch it");
  }
  const text = await lists.textOf(remote);
  if (typeof text === "string") return text;
  return field.warning(`Cannot fetch the list from ${source}: ${text.message}`, text.advice, "remote");
}
