import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Every page of the repository that is written by hand or generated, without the runtime's folders. */
function pagesBelow(folder: string): readonly string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return pagesBelow(`${folder}${name}/`);
    return name.endsWith(".md") ? [`${folder}${name}`] : [];
  });
}

const PAGES = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "chart/README.md",
  "examples/README.md",
  ...pagesBelow("docs/"),
];

/** A page without its code blocks, in which nothing is a link or a heading. */
function proseOf(page: URL): string {
  return Deno.readTextFileSync(page).replace(/^( *)```[\s\S]*?^ *```/gm, "");
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: URL): ReadonlySet<string> {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((each) => each.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-")),
  );
}

/** What is wrong with the links of a page. */
function brokenLinks(page: string): readonly string[] {
  const base = new URL(page, ROOT);
  const links = [...proseOf(base).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !/^https?:/.test(link)).filter((link) => {
    const target = new URL(link, base);
    const anchor = target.hash.slice(1);
    target.hash = "";
    try {
      Deno.statSync(target);
    } catch {
      return true;
    }
    return anchor !== "" && !anchorsOf(target).has(anchor);
  });
}

Deno.test("every link between the pages leads to a file and a heading", async (t) => {
  for (const page of PAGES) {
    await t.step(page, () => assert.deepEqual(brokenLinks(page), []));
  }
});
