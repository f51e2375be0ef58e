import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const IDS = /[A-Z]{1,2}\d{1,2}/;

/** Every TypeScript file below a folder. */
function filesBelow(folder: string): readonly string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return filesBelow(`${folder}${name}/`);
    return name.endsWith(".ts") ? [`${folder}${name}`] : [];
  });
}

/** The ids that a text's test names begin with: `L4, B3` of "L4, B3: other redirects are refused". */
function citedIn(text: string): readonly string[] {
  const names = text.matchAll(new RegExp(`["\`]((?:${IDS.source}, )*${IDS.source}): `, "g"));
  return [...names].flatMap(([, ids = ""]) => ids.split(", "));
}

/** The ids of the rows that the rig reads from files. */
function rigRows(): readonly string[] {
  const folder = new URL("tests/testdata/rig/", ROOT);
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".json")).flatMap(({ name }) => {
    const rows: readonly { readonly id: string }[] = JSON.parse(Deno.readTextFileSync(new URL(name, folder)));
    return rows.map(({ id }) => id);
  });
}

const PAGE = Deno.readTextFileSync(new URL("docs/faults.md", ROOT));
const DEFINED = [...PAGE.matchAll(new RegExp(`^- \\*\\*(${IDS.source})\\*\\* `, "gm"))].map(([, id = ""]) => id);

Deno.test("docs/faults.md defines each id once", () => {
  assert.ok(DEFINED.length > 100, `only ${DEFINED.length} ids`);
  assert.deepEqual(DEFINED.filter((id, index) => DEFINED.indexOf(id) !== index), []);
});

Deno.test("docs/faults.md has every id that a test name cites", () => {
  const cited = new Set([
    ...filesBelow("tests/").flatMap((file) => citedIn(Deno.readTextFileSync(new URL(file, ROOT)))),
    ...rigRows(),
  ]);
  assert.ok(cited.size > 80, `only ${cited.size} ids are cited`);
  assert.deepEqual([...cited].filter((id) => !DEFINED.includes(id)), []);
});

Deno.test("docs/faults.md mentions no id that it does not define", () => {
  const mentioned = [...PAGE.matchAll(new RegExp(`\\((${IDS.source})\\)`, "g"))].map(([, id = ""]) => id);
  assert.deepEqual(mentioned.filter((id) => !DEFINED.includes(id)), []);
});

Deno.test("the ids of a test name are those before its colon", () => {
  assert.deepEqual(citedIn('Deno.test("L4, B3: a redirect", f); step(`AL2: x`); const text = "A1 is not: one"'), [
    "L4",
    "B3",
    "AL2",
  ]);
});
