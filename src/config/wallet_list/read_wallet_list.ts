import type { SetAside, WalletConfig } from "../config.ts";
import { fieldOf } from "../format_two/field_of.ts";
import { readWallet, type WalletSetting } from "../format_two/read_wallet.ts";
import { createScribe } from "../format_two/scribe.ts";
import type { Problem } from "../problem.ts";
import { isPrivateKey } from "../wallet_address.ts";
import { ListError } from "./list_error.ts";
import { listTree } from "./list_tree.ts";

/** What a list of wallets gives. */
export interface WalletList {
  readonly wallets: readonly WalletConfig[];
  readonly setAside: readonly SetAside[];
  /** What is wrong with entries, in the order of the text. */
  readonly problems: readonly Problem[];
}

/** What stands in place of a text that must not be shown. */
const HIDDEN = "hidden: a private key";

/** As long as a label may be. */
const LONGEST = 200;

/** More of one entry tell nobody more. */
const MOST_PROBLEMS = 8;

/** So many entries in one go, some 30 ms, so that a scrape does not wait for all of them. */
const PIECE = 2500;

/**
 * Reads a list of wallets that comes from elsewhere. It is lenient where the
 * configuration is strict: an entry that cannot be watched is set aside and
 * told, unless most of them cannot.
 *
 * @param text the whole list
 * @param name what it is called in messages
 * @param setting what wallets have unless they say so themselves, and what they may say
 * @throws {ListError} when it is no list, or hardly any of its entries is a wallet
 */
export async function readWalletList(text: string, name: string, setting: WalletSetting): Promise<WalletList> {
  const tree = listTree(text);
  const scribe = createScribe(tree, MOST_PROBLEMS);
  const doubtful = new Set(tree.doubts.map(({ path: [index] }) => index));
  const wallets: WalletConfig[] = [];
  const setAside: SetAside[] = [];
  for (const [index, entry] of tree.value.entries()) {
    if (index % PIECE === PIECE - 1) await new Promise((resolve) => setTimeout(resolve, 0));
    // What is doubtful is not looked at: it may be as large as a list.
    const wallet = doubtful.has(index) ? undefined : readWallet(entry, [index], setting, scribe);
    if (wallet === undefined) setAside.push(setAsideOf(entry, setting));
    else wallets.push(wallet);
  }
  if (setAside.length > wallets.length) {
    const [{ message, line, column } = { message: "", line: 1, column: 1 }] = scribe.problems;
    const counts = `${setAside.length} of ${tree.value.length} entries are no wallets`;
    throw new ListError(`${counts}, the first one: ${message}`, "A list like this is not taken over", { line, column });
  }
  noteTwice(wallets, tree.value.length, scribe.tell);
  const problems = scribe.problems.map((problem) => ({ ...problem, source: name }));
  return { wallets, setAside, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function noteTwice(
  wallets: readonly WalletConfig[],
  entries: number,
  tell: ReturnType<typeof createScribe>["tell"],
): void {
  if (entries === 0) tell("notice", [], "The list has no wallets", "");
  // Mostly there is no address twice, and telling that is quick.
  if (new Set(wallets.map(({ address }) => address)).size === wallets.length) return;
  const twice = wallets.length - new Set(wallets.map(({ address, label }) => `${address} ${label}`)).size;
  if (twice === 0) return;
  const many = twice === 1 ? "One entry has" : `${twice} entries have`;
  const message = `${many} the address and label of another; such are one wallet, with the thresholds of both`;
  tell("notice", [], message, "Remove what stands there twice");
}

/** What is shown of an entry that cannot be watched: under the names of labels that others have. */
function setAsideOf(entry: unknown, { defaults, names }: WalletSetting): SetAside {
  const own = Object.entries(fieldOf(entry, "labels") ?? {}).slice(0, MOST_LABELS).filter(([name]) => names.has(name));
  return {
    address: textOf(fieldOf(entry, "address")),
    label: textOf(fieldOf(entry, "label")),
    labels: { ...defaults.labels, ...Object.fromEntries(own.map(([name, value]) => [name, textOf(value)])) },
  };
}

const MOST_LABELS = 32;

function textOf(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "";
  const text = String(value);
  // Before it is cut, which would leave a part of a key.
  return isPrivateKey(text) ? HIDDEN : text.slice(0, LONGEST);
}
