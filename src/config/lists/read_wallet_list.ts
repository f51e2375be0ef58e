import type { KeptList, RejectedEntry, WalletConfig } from "../model/config.ts";
import { createReporter, Field, fieldOf, type Reporter } from "../source/source_tree.ts";
import { checkLabels, readWallet, type WalletSetting } from "../wallets/read_wallet.ts";
import type { Problem } from "../model/problem.ts";
import { hashPair, isOwn, type ShardOfList } from "../model/shard.ts";
import { type WalletShape, walletShape } from "../wallets/wallet_schema.ts";
import { hidePrivateKey } from "../wallets/wallet_address.ts";
import { type Entries, type Keep, ListError } from "./list_entries.ts";
import { csvTree } from "./csv_list.ts";
import { jsonListTree } from "./json_list.ts";
import { NO_THRESHOLD } from "../model/threshold.ts";

/** The content of a list of wallets. */
export interface WalletList {
  readonly wallets: readonly WalletConfig[];
  readonly rejected: readonly RejectedEntry[];
  /** What is wrong with entries, in the order of the text. */
  readonly problems: readonly Problem[];
  /** How many different wallets it has, with those of other shards. */
  readonly size: number;
}

/** Length of a label in version 2. */
const MAX_LABEL_LENGTH = 200;

/** More problems of one entry do not help. */
const MAX_PROBLEMS_PER_ENTRY = 8;

/** About 30 ms of work, so that a scrape does not wait for the whole list. */
const ENTRIES_PER_YIELD = 2500;

/**
 * Reads a list of wallets. It is lenient where the configuration is strict:
 * invalid entries are rejected and reported, unless most of them are invalid.
 *
 * @param shard whose wallets and problems are kept; all without it
 * @throws {ListError} when it is not a list, or most entries are invalid
 */
export async function readWalletList(
  text: string,
  name: string,
  setting: WalletSetting,
  shard?: ShardOfList,
): Promise<WalletList> {
  const distinct = new Set<number>();
  let rejectedElsewhere = 0;
  const tree = listTree(text, setting.shape, (entry) => {
    if (shard === undefined || isOwn(String(fieldOf(entry, "address") ?? ""), shard)) return true;
    if (!countOther(entry, setting, distinct)) rejectedElsewhere++;
    return false;
  });
  const reporter = createReporter(tree);
  const root = new Field(undefined, reporter);
  const suspect = new Set(tree.warnings.map(({ path: [index] }) => index));
  const wallets: WalletConfig[] = [];
  const rejected: RejectedEntry[] = [];
  let done = 0;
  for (const [index, entry] of tree.kept) {
    if (++done % ENTRIES_PER_YIELD === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    // Entries with warnings are not read: one may be as large as a list.
    const wallet = suspect.has(index)
      ? undefined
      : readWallet(root.at(index).with(entry), setting, MAX_PROBLEMS_PER_ENTRY);
    if (wallet === undefined) rejected.push(rejectedEntryOf(entry, setting));
    else {
      wallets.push(wallet);
      distinct.add(hashPair(wallet.address, wallet.label));
    }
  }
  const rejectedCount = rejected.length + rejectedElsewhere;
  if (2 * rejectedCount > tree.count) {
    const [{ message, path, line, column } = { message: "", path: "", line: 1, column: 1 }] = reporter.problems;
    const counts = `${rejectedCount} of ${tree.count} entries are invalid`;
    const key = path.replace(/^\[\d+\]\.?/, "");
    const first = message === "" ? "" : `, the first one: ${key === "" ? "" : `${key}: `}${message}`;
    throw new ListError(`${counts}${first}`, "The list is not used", { line, column });
  }
  if (tree.count === 0) reporter.report("notice", [], "The list has no wallets", "");
  reportDuplicates(wallets, reporter);
  const problems = reporter.problems.map((problem) => ({ ...problem, source: name }));
  return { wallets, rejected, problems, size: distinct.size };
}

/**
 * Counts a wallet of another shard, which checks it in full.
 *
 * @returns whether it looks like a wallet
 */
function countOther(entry: unknown, { names }: WalletSetting, distinct: Set<number>): boolean {
  const [address, label] = [fieldOf(entry, "address"), fieldOf(entry, "label")];
  // Label names are the same on all shards.
  checkLabels(new Field(fieldOf(entry, "labels"), SILENT), names);
  if (typeof address !== "string" || typeof label !== "string" || label === "") return false;
  const digits = /^(?:0x)?([0-9a-f]{40})$/i.exec(address)?.[1];
  if (digits === undefined) return false;
  distinct.add(hashPair(`0x${digits}`, label));
  return true;
}

/** The shard of a wallet reports its problems. */
const SILENT: Reporter = { problems: [], report: () => {}, textOf: () => "" };

/** A rejected entry has only label names that other wallets have. */
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
  // Before it is cut, which would leave a part of the key.
  return hidePrivateKey(text).slice(0, MAX_LABEL_LENGTH);
}

/**
 * Parses a list of wallets in CSV or JSON.
 *
 * @throws {ListError} when it is neither, such as an HTML page
 */
function listTree(text: string, shape: WalletShape, keep: Keep): Entries {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const [first = ""] = bare.trimStart();
  if (first === "") throw new ListError("The list is empty", "Expected a first line with the column names");
  if (first === "<") throw new ListError("The list is HTML or XML", "Use the URL of the list itself");
  return first === "[" || first === "{" ? jsonListTree(bare, keep) : csvTree(bare, shape, keep);
}

/**
 * Reports duplicate wallets of a list: as a warning if their thresholds differ,
 * since one would alert and the other would not.
 */
export function reportDuplicates(wallets: readonly WalletConfig[], { report }: Reporter): void {
  // Fast path: no address is there twice.
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

/** Whether a list is an empty CSV file, as programs write if they found no wallets; from a server it is an error. */
export function isEmptyList(name: string, text: string): boolean {
  return /\.csv$/i.test(name) && text.trim() === "";
}

/**
 * Counts the wallets of a list, of all shards, to check that it is one.
 *
 * @throws {ListError} when it is not a list
 */
export async function countWallets({ network, shard }: KeptList, text: string): Promise<number> {
  const setting = {
    shape: walletShape(),
    defaults: { minimum: NO_THRESHOLD, levels: {}, labels: {} },
    thresholds: {},
    contradictions: new Map<string, number>(),
    names: new Set<string>(),
    decimals: undefined,
    symbols: undefined,
  };
  const { size } = await readWalletList(text, "", setting, shard && { network, shard });
  return size;
}
