/** Texts for users and developers, and code, by path from the root; a folder includes its content. */
const SEARCHED = [
  ..."README.md SECURITY.md CONTRIBUTING.md CHANGELOG.md docs chart deploy examples .github deno.json".split(" "),
  ..."main.ts src tools dev bench".split(" "),
  // Without those that send or check other texts, such as tests/rig and tests/tools.
  ..."assets cli config e2e evm fakes http jsonrpc metrics model mutation plan poller program server systemd util"
    .split(" ")
    .map((folder) => `tests/${folder}`),
];
const SKIPPED = /^tools\/words\.(ts|txt)$/;
const FILE_NAME = /\.(md|gotmpl|json|ya?ml|tpl|txt|svg|service|path|example|crontab|sh|csv|ts)$/;

/** Words for a maximum and for "per" in names of constants. */
const CONSTANT =
  /\b(?:(?:MOST|LONGEST|LARGEST|GREATEST|HIGHEST|LEAST|SMALLEST|SHORTEST|LOWEST|WIDEST|DEEPEST)_|[A-Z_]+_AN?_)[A-Z_]+\b/g;

export interface WordList {
  readonly words: readonly { readonly pattern: RegExp; readonly better: string }[];
  readonly allowed: RegExp | undefined;
}

export interface Hit {
  readonly line: number;
  readonly word: string;
  readonly better: string;
}

/** @throws {Error} on a line that has no better word */
export function readWordList(text: string): WordList {
  const words: { pattern: RegExp; better: string }[] = [];
  const allowed: string[] = [];
  for (const line of text.split("\n")) {
    const allow = /^allow: (.+?) #/.exec(line)?.[1];
    if (allow !== undefined) allowed.push(allow);
    if (line === "" || line.startsWith("#") || allow !== undefined) continue;
    const [, source, better] = /^(.+?) -> (.+)$/.exec(line) ?? [];
    if (source === undefined || better === undefined) throw new Error(`No better word: ${line}`);
    words.push({ pattern: wholeWords(source), better });
  }
  return { words, allowed: allowed.length === 0 ? undefined : wholeWords(allowed.join("|")) };
}

/** Matches whole words; a space also matches a break, with what a wrapped comment puts at the start of a line. */
function wholeWords(source: string): RegExp {
  return new RegExp(
    `(?<![\\w-])(?:${source.replaceAll(" ", "(?:[ \\t]|\\n[ \\t]*(?:\\*|//|#)?[ \\t]*)+")})(?![\\w-])`,
    "gi",
  );
}

/** @param isCode whether the parts of `camelCase` and `CONSTANT_CASE` names are words, and constants are checked */
export function findWords(text: string, { words, allowed }: WordList, isCode: boolean): readonly Hit[] {
  const prose = isCode ? text.replace(/([a-z\d])(?=[A-Z])/g, "$1 ").replace(/(?<=[A-Z\d])_(?=[A-Z])/g, " ") : text;
  const right = allowed === undefined
    ? []
    : [...prose.matchAll(allowed)].map(({ index, 0: { length } }) => [index, index + length]);
  const hits: Hit[] = [];
  const add = (source: string, { index, 0: word }: RegExpExecArray, better: string): void => {
    hits.push({ line: source.slice(0, index).split("\n").length, word: word.replace(/\s+/g, " "), better });
  };
  for (const { pattern, better } of words) {
    for (const match of prose.matchAll(pattern)) {
      if (!right.some(([from = 0, to = 0]) => match.index >= from && match.index < to)) add(prose, match, better);
    }
  }
  if (isCode) { for (const match of text.matchAll(CONSTANT)) add(text, match, "MAX_, MIN_, PER_"); }
  return hits.sort((a, b) => a.line - b.line);
}

async function* filesIn(path: string, root: URL): AsyncGenerator<string> {
  if (SKIPPED.test(path)) return;
  const { isFile } = await Deno.stat(new URL(path, root));
  if (isFile) {
    yield path;
    return;
  }
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${path}/`, root))) {
    if (isDirectory || FILE_NAME.test(name)) yield* filesIn(`${path}/${name}`, root);
  }
}

/**
 * Finds words to avoid.
 *
 * @param paths files and folders, from the root
 * @returns lines of the form `file:line: "word": better words`
 */
export async function wordsToAvoid(root: URL, paths: readonly string[] = SEARCHED): Promise<readonly string[]> {
  const list = readWordList(await Deno.readTextFile(new URL("tools/words.txt", root)));
  const found: string[] = [];
  for (const start of paths) {
    for await (const path of filesIn(start, root)) {
      const text = await Deno.readTextFile(new URL(path, root));
      for (const { line, word, better } of findWords(text, list, path.endsWith(".ts"))) {
        found.push(`${path}:${line}: "${word}": ${better}`);
      }
    }
  }
  return found;
}

if (import.meta.main) {
  const paths = Deno.args.length === 0 ? SEARCHED : Deno.args.map((path) => path.replace(/\/$/, ""));
  const found = await wordsToAvoid(new URL("../", import.meta.url), paths);
  await Deno.stdout.write(new TextEncoder().encode(found.map((line) => `${line}\n`).join("")));
  if (found.length > 0) Deno.exit(1);
}
