import { csvTree } from "./csv_tree.ts";
import { jsonListTree } from "./json_list_tree.ts";
import type { Entries, Keep } from "./entries.ts";
import { ListError } from "./list_error.ts";

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
  if (first === "") throw new ListError("The list is empty", "Write a line with the names of the columns");
  if (first === "<") throw new ListError("The list is a web page, or XML", "Name where the list itself is");
  return first === "[" || first === "{" ? jsonListTree(bare, keep) : csvTree(bare, keep);
}
