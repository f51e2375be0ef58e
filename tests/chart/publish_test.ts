import assert from "node:assert/strict";
import { publishChart } from "../../tools/release/publish_chart.ts";
import { skipCheck } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";
import { freePort } from "../program/free_port.ts";
import { until } from "../program/until.ts";
import { chartTest, HELMS, helmTemplate, objectsOf, runHelm } from "./helm.ts";

/** A real registry, by `DOCKER_REGISTRY`. */
interface Registry extends AsyncDisposable {
  readonly host: string;
}

const program = Deno.env.get("DOCKER_REGISTRY") ?? "docker-registry";

async function startRegistry(): Promise<Registry | undefined> {
  const folder = await Deno.makeTempDir();
  const host = `127.0.0.1:${freePort()}`;
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: host },
  };
  await Deno.writeTextFile(`${folder}/config.yml`, JSON.stringify(config));
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, { args: ["serve", `${folder}/config.yml`], stdout: "null", stderr: "null" })
      .spawn();
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  await until("the registry answers", async () => {
    const answer = await fetch(`http://${host}/v2/`);
    await answer.body?.cancel();
    return answer.status === 200;
  });
  return {
    host,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

chartTest("a published chart renders the same as the local one", async () => {
  await using registry = await startRegistry();
  if (registry === undefined) return skipCheck("publishing the chart", `there is no ${program}; set DOCKER_REGISTRY`);
  const published = await publishChart(ROOT, `oci://${registry.host}/charts`, { helm: HELMS.helm, plain: true });
  assert.equal(published.name, `${registry.host}/charts/wallet-balance-exporter`);
  assert.match(published.digest, /^sha256:[0-9a-f]{64}$/);
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const args = [
    "template",
    "rel",
    `oci://${published.name}`,
    `--version=${version}`,
    "--plain-http",
    "--namespace=ns",
    "--kube-version=1.33.0",
    "--set=prometheusRule.enabled=true,dashboard.enabled=true",
  ];
  const { code, stdout, stderr } = await runHelm(HELMS.helm, args, "");
  assert.equal(code, 0, stderr);
  const here = await helmTemplate({ args: args.slice(-1) });
  assert.deepEqual(objectsOf(stdout), objectsOf(here.stdout));
});

chartTest("publishing an invalid chart fails with a message", async () => {
  const nowhere = publishChart(ROOT, "oci://127.0.0.1:1/charts", { helm: HELMS.helm, plain: true });
  await assert.rejects(nowhere, /push failed/);
});
