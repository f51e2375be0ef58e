import assert from "node:assert/strict";
import { findFiles, type MatchingFiles, MAX_MATCHING_FILES, stampOf } from "../../../src/config/files/stamps.ts";
import { mountVersion } from "../../fakes/mounted_folder.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function find(pattern: string): Promise<MatchingFiles> {
  const found = await findFiles(pattern);
  assert.ok("files" in found);
  return found;
}

async function namesOf(folder: string, pattern = "*.csv"): Promise<readonly string[]> {
  return (await find(`${folder}/${pattern}`)).files.map(({ path }) => path.slice(folder.length + 1));
}

Deno.test("findFiles() finds files in the order of their names, without hidden ones and folders", () =>
  inFolder(async (folder) => {
    for (const name of ["b.csv", "a.csv", "B.csv", "a.json", ".hidden.csv", "a.csv.tmp", "a10.csv", "a9.csv"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "x");
    }
    await Deno.mkdir(`${folder}/folder.csv`);
    await Deno.symlink(`${folder}/folder.csv`, `${folder}/link-to-folder.csv`);
    await Deno.symlink(`${folder}/a.json`, `${folder}/link.csv`);
    await Deno.symlink(`${folder}/missing`, `${folder}/broken.csv`);
    assert.deepEqual(await namesOf(folder), [
      "B.csv",
      "a.csv",
      "a10.csv",
      "a9.csv",
      "b.csv",
      "broken.csv",
      "link.csv",
    ]);
  }));

Deno.test("findFiles() finds no file where there is no folder, and says why a folder cannot be read", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await find(`${folder}/missing/*.csv`), { files: [], excess: 0 });
    await Deno.writeTextFile(`${folder}/file`, "x");
    assert.deepEqual(await findFiles(`${folder}/file/*.csv`), { why: "reading failed" });
  }));

Deno.test("findFiles() finds the first files of a folder with too many, and counts the others", () =>
  inFolder(async (folder) => {
    for (let index = 0; index < MAX_MATCHING_FILES + 3; index++) {
      await Deno.writeTextFile(`${folder}/${String(index).padStart(4, "0")}.csv`, "x");
    }
    const { files, excess } = await find(`${folder}/*.csv`);
    assert.equal(files.length, MAX_MATCHING_FILES);
    assert.equal(files.at(-1)?.path, `${folder}/0999.csv`);
    assert.equal(excess, 3);
    const before = await stampOf(`${folder}/*.csv`);
    await Deno.remove(`${folder}/1002.csv`);
    assert.notEqual(await stampOf(`${folder}/*.csv`), before);
  }));

Deno.test("stampOf() of a pattern changes with every matching file, and with nothing else", () =>
  inFolder(async (folder) => {
    const pattern = `${folder}/*.csv`;
    let last = await stampOf(pattern);
    async function expectChange(isExpected: boolean, change: () => Promise<void>): Promise<void> {
      await change();
      const stamp = await stampOf(pattern);
      assert.equal(stamp !== last, isExpected, String(change));
      last = stamp;
    }
    await expectChange(true, () => Deno.writeTextFile(`${folder}/a.csv`, "x"));
    await expectChange(true, () => Deno.writeTextFile(`${folder}/a.csv`, "longer"));
    await expectChange(false, () => Deno.writeTextFile(`${folder}/.a.csv.tmp`, "y"));
    await expectChange(false, () => Deno.writeTextFile(`${folder}/a.csv.tmp`, "other."));
    await expectChange(true, () => Deno.rename(`${folder}/a.csv.tmp`, `${folder}/a.csv`));
    await expectChange(false, () => Deno.mkdir(`${folder}/b.csv`));
    await expectChange(false, () => Deno.writeTextFile(`${folder}/b.csv/c.csv`, "x"));
    await expectChange(true, () => Deno.remove(`${folder}/a.csv`));
  }));

Deno.test("stampOf() of a pattern changes with a mounted ConfigMap, whose files are links to a hidden folder", () =>
  inFolder(async (folder) => {
    await mountVersion(folder, { "a.csv": "one", "b.csv": "one" });
    assert.deepEqual(await namesOf(folder), ["a.csv", "b.csv"]);
    const before = await stampOf(`${folder}/*.csv`);
    await mountVersion(folder, { "b.csv": "two", "c.csv": "two" });
    assert.deepEqual(await namesOf(folder), ["b.csv", "c.csv"]);
    assert.notEqual(await stampOf(`${folder}/*.csv`), before);
  }));
