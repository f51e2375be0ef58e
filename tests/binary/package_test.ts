import assert from "node:assert/strict";
import { brokenLinks, pagesBelow } from "../docs/links.ts";
import { runOutside } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";
import { compileWith } from "./compile_with.ts";
import { withSourceCopy } from "./source_copy.ts";

async function shell(line: string): Promise<string> {
  const result = await runOutside(["sh", "-ec", line], "");
  assert.equal(result?.code, 0, result?.output);
  return result?.output ?? "";
}

Deno.test("the archive of a release contains the files of an installation, with a valid checksum", () =>
  withSourceCopy(async (root) => {
    const printed = await compileWith(["tools/release/package.ts", "amd64"], { root });
    const [, name = ""] = /(wallet-balance-exporter-\S+-linux-amd64)\.tar\.gz/.exec(printed) ?? [];
    const folder = new URL("dist/release/", root).pathname;
    await shell(`cd '${folder}' && sha256sum -c SHA256SUMS && tar xzf ${name}.tar.gz`);
    const files = (await shell(
      `cd '${folder}/${name}' && find . -type f -not -path './docs/*' -not -path './examples/*' | LC_ALL=C sort`,
    )).trim()
      .split("\n");
    assert.deepEqual(files, [
      "./CHANGELOG.md",
      "./LICENSE",
      "./NOTICE",
      "./README.md",
      "./SECURITY.md",
      "./deploy/compose/alertmanager.yml",
      "./deploy/compose/compose.yaml",
      "./deploy/compose/grafana-datasource.yaml",
      "./deploy/compose/prometheus.yml",
      "./deploy/compose/secrets/.gitignore",
      "./deploy/compose/wallets/.gitignore",
      "./deploy/compose/wallets/wallets.yaml",
      "./deploy/compose/watchdog.yaml",
      "./deploy/datadog/monitors.json",
      "./deploy/grafana/dashboard.json",
      "./deploy/grafana/provisioning.yaml",
      "./deploy/prometheus/rules.yaml",
      "./sbom.cdx.json",
      "./systemd/environment.example",
      "./systemd/install.sh",
      "./systemd/renew.sh",
      "./systemd/uninstall.sh",
      "./systemd/wallet-balance-exporter-renew.service",
      "./systemd/wallet-balance-exporter.path",
      "./systemd/wallet-balance-exporter.service",
      "./wallet-balance-exporter",
    ]);
    const content = new URL(`file://${folder}/${name}/`);
    for (const page of await pagesBelow(content)) assert.deepEqual(await brokenLinks(content, page, ROOT), [], page);
    const installed = await shell(`DESTDIR='${folder}/installed' '${folder}/${name}/systemd/install.sh'`);
    assert.match(installed, /^Installed below /);
  }));
