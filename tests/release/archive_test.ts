import assert from "node:assert/strict";
import { fillArchive } from "../../tools/release/archive.ts";
import { withSourceCopy } from "../binary/source_copy.ts";
import { brokenLinks, pagesBelow } from "../docs/links.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";

Deno.test("an archive has rules, dashboard, stack and pages, every link resolves, and it contains no secret", async (t) => {
  await withSourceCopy(async (root) => {
    await Deno.mkdir(new URL("dist", root));
    for (const name of ["wallet-balance-exporter", "NOTICE", "sbom.cdx.json"]) {
      await Deno.writeTextFile(new URL(`dist/${name}`, root), "");
    }
    for (const secret of ["secrets/slack-url", "wallets/rpc-key"]) {
      await Deno.writeTextFile(new URL(`deploy/compose/${secret}`, root), "s3cret");
    }
    const content = new URL("content/", root);
    await fillArchive(root, "dist/wallet-balance-exporter", content);
    await t.step("contents", async () => {
      const paths = ["deploy/prometheus/rules.yaml", "deploy/grafana/dashboard.json", "deploy/datadog/monitors.json"];
      for (const path of [...paths, "examples/README.md"]) {
        assert.ok((await Deno.stat(new URL(path, content))).isFile);
      }
      // Nothing is in another place than in the repository.
      const files = (await runOutside(["find", `${content.pathname}deploy`, "-type", "f"], ""))?.output.trim().split(
        "\n",
      );
      assert.ok((files?.length ?? 0) > 10);
      for (const file of files ?? []) await Deno.stat(new URL(file.slice(content.pathname.length), ROOT));
      const found = await runOutside(["grep", "-rl", "s3cret", content.pathname], "");
      assert.equal(found?.output, "");
    });
    await t.step("links", async () => {
      const pages = await pagesBelow(content);
      assert.ok(pages.includes("docs/getting-started/vm.md"));
      for (const page of pages) assert.deepEqual(await brokenLinks(content, page, ROOT), [], page);
      const chart = /\]\(https:\/\/github\.com\/agglayer\/wallet-balance-exporter\/blob\/main\/chart\/README\.md\)/;
      assert.match(await Deno.readTextFile(new URL("docs/kubernetes.md", content)), chart);
    });
    await t.step("Compose", async () => {
      const file = new URL("deploy/compose/compose.yaml", content).pathname;
      const result = await runOutside(["composecheck", file], "");
      if (result === undefined) return skipCheck("the stack of an archive", "composecheck is not installed");
      assert.equal(result.code, 0, result.output);
      for (const [, source = ""] of result.output.matchAll(/source: (\/\S+)/g)) await Deno.stat(source);
    });
  });
});
