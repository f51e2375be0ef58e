import assert from "node:assert/strict";
import { parse } from "yaml";
import manifest from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const WORKFLOWS = new URL(".github/workflows/", ROOT);

/** What is not a task of ours: one call each of what signs and publishes. */
const CALLS = [/^cosign sign(-blob)? --yes /, /^gh release create /];

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly uses?: string; readonly steps?: readonly Step[] }>>;
}

const workflows = await Promise.all(
  (await Array.fromAsync(Deno.readDir(WORKFLOWS))).map(async ({ name }) => {
    const workflow: Workflow = parse(await Deno.readTextFile(new URL(name, WORKFLOWS)));
    return { name, workflow, steps: Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps) };
  }),
);

for (const { name, workflow, steps } of workflows) {
  Deno.test(`${name} may read only, runs nothing but tasks, and uses what is pinned`, () => {
    assert.deepEqual(workflow.permissions, { contents: "read" });
    for (const { run, uses } of steps) {
      if (run !== undefined && !CALLS.some((call) => call.test(run))) {
        const [, task = ""] = /^deno task ([\w:]+)( [^;&|]*)?$/.exec(run) ?? [];
        assert.ok(Object.hasOwn(manifest.tasks, task), `${run} is no task`);
      }
      if (uses !== undefined) assert.match(uses, /@[0-9a-f]{40}$/);
    }
  });
}

Deno.test("the release tests, builds both architectures, signs, and tells where it all came from", () => {
  const steps = workflows.find(({ name }) => name === "release.yml")?.steps ?? [];
  assert.ok(steps.some(({ run }) => run === "deno task package amd64 arm64"));
  assert.ok(
    steps.some(({ with: inputs }) => inputs?.["platforms"] === "linux/amd64,linux/arm64" && inputs["sbom"] === true),
  );
  assert.equal(steps.filter(({ uses }) => uses?.startsWith("actions/attest-build-provenance@")).length, 2);
  assert.equal(steps.filter(({ run }) => run?.startsWith("cosign ")).length, 2);
});

Deno.test("one version of Deno is named everywhere", async () => {
  const dockerfile = await Deno.readTextFile(new URL("Dockerfile", ROOT));
  const [, version = ""] = /^ARG DENO_VERSION=(\S+)$/m.exec(dockerfile) ?? [];
  assert.match(version, /^\d+\.\d+\.\d+$/);
  const versions = workflows.flatMap(({ steps }) =>
    steps.flatMap(({ with: inputs }) => inputs?.["deno-version"] ?? [])
  );
  assert.deepEqual(new Set(versions), new Set([version]));
  for (const page of ["README.md", "CONTRIBUTING.md"]) {
    const text = await Deno.readTextFile(new URL(page, ROOT));
    const named = [...text.matchAll(/deno@([\d.]+\d)/g)].map(([, each]) => each);
    assert.deepEqual(new Set(named), new Set([version]), page);
  }
});
