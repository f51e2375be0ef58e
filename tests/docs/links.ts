import { relative } from "node:path";

/** Pages of this repository, as they are on the forge. */
const OWN = "https://github.com/agglayer/wallet-balance-exporter/blob/main/";

/** Folders without pages of ours. */
const OTHERS = new Set(["node_modules", "dist", "coverage", ".git"]);

/** Every page below a folder, as paths relative to it. */
export async function pagesBelow(root: URL, folder = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory && !OTHERS.has(name)) found.push(...await pagesBelow(root, `${folder}${name}/`));
    else if (/\.md(\.gotmpl)?$/.test(name)) found.push(`${folder}${name}`);
  }
  return found.toSorted();
}

/**
 * The links of a page that lead to no file, to no heading, or out of the folder. Links to the sources on the forge are
 * followed too.
 *
 * @param root the folder, such as the repository or an unpacked archive
 * @param page relative to it
 * @param sources the repository
 */
export async function brokenLinks(root: URL, page: string, sources: URL): Promise<readonly string[]> {
  const base = new URL(page, root);
  const broken: string[] = [];
  for (const link of linksOf(proseOf(await Deno.readTextFile(base)))) {
    const isOwn = link.startsWith(OWN);
    if (/^[a-z]+:/.test(link) && !isOwn) continue;
    const target = isOwn ? new URL(link.slice(OWN.length), sources) : new URL(link, base);
    const isInside = isOwn || !relative(root.pathname, target.pathname).startsWith("..");
    if (!isInside || !await leadsSomewhere(target)) broken.push(link);
  }
  return broken;
}

/** Links and images of Markdown and HTML, and definitions of links. */
function linksOf(prose: string): readonly string[] {
  const links = prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$|\b(?:src|srcset|href)="([^"\s]+)"/gm);
  return [...links].map(([, inline, defined, html]) => inline ?? defined ?? html ?? "");
}

async function leadsSomewhere(target: URL): Promise<boolean> {
  const anchor = target.hash.slice(1);
  const file = new URL(target);
  file.hash = "";
  const found = await Deno.stat(file).catch(() => undefined);
  return found !== undefined && (anchor === "" || anchorsOf(await Deno.readTextFile(file)).has(anchor));
}

/** A page without its code, in which nothing is a link or a heading. */
function proseOf(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^ *```/gm, "").replace(/`[^`\n]+`(?!\])/g, (code) => code.replaceAll("](", " "));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((each) => each.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-")),
  );
}
