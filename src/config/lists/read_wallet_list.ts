import type { RejectedEntry, RemoteList, WalletConfig } from "../model/config.ts";
import { fieldOf, type Reporter } from "../source/source_tree.ts";
import { checkLabels, readWallet, type WalletSetting } from "../wallets/read_wallet.ts";
import { createValidator } from "../source/validator.ts";
import type { Problem } from "../model/problem.ts";
import { createDistinctCounter, type DistinctCounter, isOwn, type ShardOfList } from "../model/shard.ts";
import type { SchemaPart } from "../model/load_context.ts";
import { walletShape } from "../wallets/wallet_schema.ts";
import { hidePrivateKey } from "../wallets/wallet_address.ts";
import { type Entries, type Keep, ListError } from "./list_entries.ts";
import { csvTree } from "./csv_list.ts";
import { jsonListTree } from "./json_list.ts";
import { NO_THRESHOLD } from "../model/threshold.ts";

/** What a list of wallets gives. */
export interface WalletList {
  readonly wallets: readonly WalletConfig[];
  readonly rejected: readonly RejectedEntry[];
  /** What is wrong with entries, in the order of the text. */
  readonly problems: readonly Problem[];
  /** How many different wallets it has, with those of other shards. */
  readonly size: number;
}

/** As long as a label may be. */
const MAX_LABEL_LENGTH = 200;

/** More of one entry tell nobody more. */
const MAX_PROBLEMS_PER_ENTRY = 8;

/** So many entries in one go, some 30 ms, so that a scrape does not wait for all of them. */
const ENTRIES_PER_YIELD = 2500;

/**
 * Reads a list of wallets that comes from elsewhere. It is lenient where the
 * configuration is strict: an entry that cannot be watched is set aside and
 * told, unless most of them cannot.
 *
 * @param text the whole list
 * @param name what it is called in messages
 * @param setting what wallets have unless they say so themselves, and what they may say
 * @param shard whose wallets and problems are kept, while the text is parsed; all without it
 * @throws {ListError} when it is no list, or hardly any of its entries is a wallet
 */
export async function readWalletList(
  text: string,
  name: string,
  setting: WalletSetting,
  shard?: ShardOfList,
): Promise<WalletList> {
  const distinct = createDistinctCounter();
  let rejectedElsewhere = 0;
  const tree = listTree(text, (entry) => {
    if (shard === undefined || isOwn(String(fieldOf(entry, "address") ?? ""), shard)) return true;
    if (!countOther(entry, setting, distinct)) rejectedElsewhere++;
    return false;
  });
  const validator = createValidator(tree, MAX_PROBLEMS_PER_ENTRY);
  const doubtful = new Set(tree.warnings.map(({ path: [index] }) => index));
  const wallets: WalletConfig[] = [];
  const rejected: RejectedEntry[] = [];
  let done = 0;
  for (const [index, entry] of tree.kept) {
    if (++done % ENTRIES_PER_YIELD === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    // What is doubtful is not looked at: it may be as large as a list.
    const wallet = doubtful.has(index) ? undefined : readWallet(entry, [index], setting, validator);
    if (wallet === undefined) rejected.push(rejectedEntryOf(entry, setting));
    else {
      wallets.push(wallet);
      distinct.add(wallet.address, wallet.label);
    }
  }
  const rejectedCount = rejected.length + rejectedElsewhere;
  if (2 * rejectedCount > tree.count) {
    const [{ message, line, column } = { message: "", line: 1, column: 1 }] = validator.problems;
    const counts = `${rejectedCount} of ${tree.count} entries are invalid`;
    const first = message === "" ? "" : `, the first one: ${message}`;
    throw new ListError(`${counts}${first}`, "The list is not used", { line, column });
  }
  if (tree.count === 0) validator.report("notice", [], "The list has no wallets", "");
  reportDuplicates(wallets, validator);
  const problems = validator.problems.map((problem) => ({ ...problem, source: name }));
  return { wallets, rejected, problems, size: distinct.count };
}

/**
 * Counts a wallet of another shard, which alone checks it in full.
 *
 * @returns whether it looks like a wallet
 */
function countOther(entry: unknown, { names }: WalletSetting, distinct: DistinctCounter): boolean {
  const [address, label] = [fieldOf(entry, "address"), fieldOf(entry, "label")];
  // The names of labels are those of all shards.
  checkLabels(fieldOf(entry, "labels"), [], names, SILENT);
  if (typeof address !== "string" || typeof label !== "string" || label === "") return false;
  const digits = /^(?:0x)?([0-9a-f]{40})$/i.exec(address)?.[1];
  if (digits === undefined) return false;
  distinct.add(`0x${digits}`, label);
  return true;
}

/** The shard that a wallet belongs to reports what is wrong with it. */
const SILENT: Reporter = { problems: [], report: () => {} };

/** What is shown of an entry that cannot be watched: under the names of labels that others have. */
function rejectedEntryOf(entry: unknown, { defaults, names }: WalletSetting): RejectedEntry {
  const own = Object.entries(fieldOf(entry, "labels") ?? {}).slice(0, MAX_LABELS).filter(([name]) => names.has(name));
  return {
    address: textOf(fieldOf(entry, "address")),
    label: textOf(fieldOf(entry, "label")),
    labels: { ...defaults.labels, ...Object.fromEntries(own.map(([name, value]) => [name, textOf(value)])) },
  };
}

const MAX_LABELS = 32;

function textOf(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "";
  const text = String(value);
  // Before it is cut, which would leave a part of a key.
  return hidePrivateKey(text).slice(0, MAX_LABEL_LENGTH);
}

/**
 * Parses a list of wallets, in CSV or JSON: whichever it looks like.
 *
 * @param text the whole text
 * @param keep says of each entry whether it is kept: of a list for many shards most are not
 * @throws {ListError} when it is no list at all, such as a web page that says so
 */
export function listTree(text: string, keep: Keep): Entries {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const [first = ""] = bare.trimStart();
  if (first === "") throw new ListError("The list is empty", "Expected a first line with the column names");
  if (first === "<") throw new ListError("The list is HTML or XML", "Use the URL of the list itself");
  return first === "[" || first === "{" ? jsonListTree(bare, keep) : csvTree(bare, keep);
}

/**
 * Reports wallets that a list has twice: a warning where their thresholds
 * differ, since somebody is alerted by the one and not by the other.
 *
 * @param wallets all of the list
 * @param validator where to report
 */
export function reportDuplicates(wallets: readonly WalletConfig[], { report }: Reporter): void {
  // Mostly there is no address twice, and seeing that is quick.
  if (new Set(wallets.map(({ address }) => address)).size === wallets.length) return;
  const first = new Map<string, WalletConfig>();
  let doubles = 0;
  let others = 0;
  for (const wallet of wallets) {
    const key = `${wallet.address} ${wallet.label}`;
    const same = first.get(key);
    if (same === undefined) {
      first.set(key, wallet);
      continue;
    }
    doubles++;
    if (thresholdsText(same) !== thresholdsText(wallet)) others++;
  }
  if (doubles === 0) return;
  const many = doubles === 1 ? "One entry has" : `${doubles} entries have`;
  const differing = others === 0 ? "" : `, ${others} with other thresholds`;
  const message = `${many} the address and label of another${differing}; duplicates are merged`;
  report(others === 0 ? "notice" : "warning", [], message, "Remove the duplicates, or correct their addresses");
}

function thresholdsText({ minimum, levels = {} }: WalletConfig): string {
  const texts = Object.entries(levels).map(([level, { belowWei }]) => `${level} ${belowWei}`);
  return [`${minimum.belowWei}`, ...texts.sort()].join();
}

/**
 * Counts the wallets of a list, of all shards, which shows that it is one.
 *
 * @param list which
 * @param body of the list, CSV or JSON in UTF-8
 * @param parts keys that wallets may have besides
 * @throws {ListError} when it is none
 */
export async function countWallets(
  { network, shard }: RemoteList,
  body: Uint8Array,
  parts?: readonly SchemaPart[],
): Promise<number> {
  const setting = {
    shape: walletShape(parts),
    defaults: { minimum: NO_THRESHOLD, levels: {}, labels: {} },
    thresholds: {},
    contradictions: new Map<string, number>(),
    names: new Set<string>(),
    decimals: undefined,
    symbols: undefined,
  };
  const { size } = await readWalletList(new TextDecoder().decode(body), "", setting, shard && { network, shard });
  return size;
}
