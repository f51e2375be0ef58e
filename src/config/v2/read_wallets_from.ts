import type { MatchedList, RejectedEntry, RemoteList, WalletConfig } from "../model/config.ts";
import { explain, type Explanation } from "../secrets/expand_secrets.ts";
import { formatProblem, type Problem } from "../model/problem.ts";
import { MEMORY_ADVICE } from "../model/memory_budget.ts";
import { costOfList } from "../model/memory_cost.ts";
import { countDistinct } from "../model/shard.ts";
import type { LoadContext } from "../model/load_context.ts";
import { readText } from "../files/read_text.ts";
import type { Field } from "../source/source_tree.ts";
import { ListError, MAX_LIST_BYTES } from "../lists/list_entries.ts";
import type { WalletSetting } from "../wallets/read_wallet.ts";
import { type ListPlace, listPlaces } from "./list_places.ts";

/** The content of the lists of a network. */
export interface Listed {
  readonly wallets: readonly WalletConfig[];
  readonly rejected: readonly RejectedEntry[];
  /** Problems of entries, which affect nothing else. */
  readonly problems: readonly Problem[];
  /** Lists over HTTP. */
  readonly remote: readonly RemoteList[];
  /** Files that a pattern matched. */
  readonly matched: readonly MatchedList[];
  /** The number of wallets of other shards. */
  readonly others: number;
  /** The number of wallets in each file that is named itself, of all shards, by network and path. */
  readonly sizes: ReadonlyMap<string, number>;
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
  const found = await Promise.all(fields.map((field, index) => listPlaces(field, name, index, context)));
  const places = withoutDuplicates(found.flat());
  const kept = places.flatMap((place) => place.kept ?? []);
  const remote = kept.filter((list) => "url" in list);
  // Fetched in parallel; read one at a time, so that only one text is in memory.
  await Promise.all(remote.map((list) => context.lists?.fetch(list)));
  const sizes = new Map<string, number>();
  let others = 0;
  const { budget } = context;
  for (const place of places) {
    const read = (): Promise<void> => readPlace(place);
    await (budget === undefined ? read() : budget.inTurn(read));
  }

  async function readPlace(place: ListPlace): Promise<void> {
    const text = await textOf(place, context);
    if (text === undefined) return;
    const { field, source, kept, shard } = place;
    const isKept = kept !== undefined;
    const isRemote = isKept && "url" in kept;
    const part = isKept ? "remote" : "value";
    const { readWalletList, isEmptyList } = await import("../lists/read_wallet_list.ts");
    if (!isRemote && isEmptyList(source, text)) {
      if (!isKept) sizes.set(`${name} ${source}`, 0);
      return field.notice(`The list ${source} is empty`, "", part);
    }
    const excess = budget?.claim(costOfList(text, shard?.of, isKept));
    if (excess !== undefined) {
      const message = `The list ${source} does not fit in memory: ${excess}`;
      // At a start the other wallets are watched; on a reload the previous configuration is kept.
      const isUsed = isKept && budget?.isReload !== true;
      return isUsed ? field.warning(message, MEMORY_ADVICE, part) : field.error(message, MEMORY_ADVICE, part);
    }
    try {
      const list = await readWalletList(text, source, setting, shard && { network: name, shard });
      others += list.size - countDistinct(list.wallets);
      if (!isKept) sizes.set(`${name} ${source}`, list.size);
      // Not spread into arguments: a call takes a limited number.
      for (const wallet of list.wallets) wallets.push(wallet);
      for (const entry of list.rejected) rejected.push(entry);
      for (const problem of list.problems) problems.push(isKept ? { ...problem, isRemote: true } : problem);
    } catch (error) {
      if (!(error instanceof ListError)) throw error;
      const { message, advice, position } = error;
      const text = formatProblem(source, { severity: "error", path: "", ...position, message, advice });
      return isKept ? field.warning(text, "", part) : field.error(text, "");
    }
  }

  return { wallets, rejected, problems, remote, matched: kept.filter((list) => "path" in list), others, sizes };
}

/** Two patterns may match the same file. */
function withoutDuplicates(places: readonly ListPlace[]): readonly ListPlace[] {
  const paths = new Set<string>();
  return places.filter(({ kept }) => {
    if (kept === undefined || "url" in kept) return true;
    const isNew = !paths.has(kept.path);
    paths.add(kept.path);
    return isNew;
  });
}

async function textOf(place: ListPlace, context: LoadContext): Promise<string | undefined> {
  const { field, source, kept } = place;
  const isRemote = kept !== undefined && "url" in kept;
  if (isRemote && context.lists === undefined) {
    const message = `The list from ${source} is not fetched here, its wallets are not included`;
    return field.notice(message, "The exporter and the command once fetch it");
  }
  const text = await ((kept && context.lists?.textOf(kept)) ?? textOfFile(place, context));
  if (typeof text === "string") return text;
  const message = `Cannot ${isRemote ? "fetch the list from" : "read the list"} ${source}: ${text.message}`;
  return kept === undefined ? field.error(message, text.advice) : field.warning(message, text.advice, "remote");
}

async function textOfFile(
  { source, kept }: ListPlace,
  { onFile, budget }: LoadContext,
): Promise<string | Explanation> {
  if (kept === undefined) await onFile?.(source);
  else if ("path" in kept && kept.problem !== undefined) return explain(kept.problem, "");
  const text = await readText(source, Math.min(MAX_LIST_BYTES, budget?.maxText() ?? Infinity));
  if (typeof text === "string") return text;
  return explain(text.why, "Check the path, and that the file is mounted and readable for this user");
}
