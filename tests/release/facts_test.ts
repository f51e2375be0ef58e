import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { releaseFacts } from "../../tools/release/facts.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;

/** Like buildx, it prints a table except for templates that begin with "{{json". */
function docker(digest: string): string {
  return `#!/bin/sh
[ "$*" = "buildx imagetools inspect registry.example/base:tag --format $6" ] || exit 1
case $6 in
  '{{json .Manifest.Digest}}') echo '"${digest}"' ;;
  *) printf 'Name: registry.example/base:tag\nDigest: ${digest}\n' ;;
esac
`;
}

/** A repository of one commit, and a program that responds as the registry does. */
async function withRepository(
  version: string,
  answer: string,
  test: (root: URL, docker: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ version }));
    await Deno.writeTextFile(`${folder}/Dockerfile`, "ARG BASE_IMAGE=registry.example/base:tag\nFROM ${BASE_IMAGE}\n");
    await Deno.writeTextFile(`${folder}/docker`, docker(answer), { mode: 0o755 });
    const author = ["-c", "user.name=Ann", "-c", "user.email=ann@x.example"];
    for (const args of [["init", "-q"], ["add", "."], [...author, "commit", "-qm", "one"]]) {
      await new Deno.Command("git", { args: ["-C", folder, ...args] }).output();
    }
    await test(new URL(`file://${folder}/`), `${folder}/docker`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("releaseFacts() returns the version, the commit, its time and the digest of the base image", () =>
  withRepository("1.2.3", DIGEST, async (root, docker) => {
    const { created, revision, ...facts } = await releaseFacts(root, "v1.2.3", docker);
    assert.deepEqual(facts, { version: "1.2.3", base_image: "registry.example/base:tag", base_digest: DIGEST });
    assert.match(revision, /^[0-9a-f]{40}$/);
    assert.match(created, /^\d{4}-\d\d-\d\dT/);
  }));

Deno.test("releaseFacts() refuses another tag, a development version, uncommitted changes and an invalid digest", async () => {
  await withRepository("1.2.3", DIGEST, async (root, docker) => {
    await assert.rejects(
      releaseFacts(root, "v1.2.4", docker),
      /The tag is v1\.2\.4, but the version of deno\.json is 1\.2\.3/,
    );
  });
  await withRepository("1.2.3-dev", DIGEST, async (root, docker) => {
    await assert.rejects(releaseFacts(root, "v1.2.3-dev", docker), /1\.2\.3-dev is a development version/);
  });
  await withRepository("1.2.3", DIGEST, async (root, docker) => {
    await Deno.writeTextFile(new URL("new.txt", root), "");
    await assert.rejects(releaseFacts(root, "v1.2.3", docker), /There are uncommitted changes/);
  });
  await withRepository("1.2.3", "none", async (root, docker) => {
    await assert.rejects(releaseFacts(root, "v1.2.3", docker), /has no digest: none/);
  });
});

Deno.test("CHANGELOG.md has a section for the version of deno.json", async () => {
  const text = await Deno.readTextFile(new URL("../../CHANGELOG.md", import.meta.url));
  assert.ok(text.includes(`\n## [${manifest.version.replace(/-.*/, "")}]`));
});
