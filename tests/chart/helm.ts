import { parseAllDocuments } from "yaml";
import { skipCheck } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";
import type { KubeObject } from "./kube_object.ts";

/** Helm 4 and Helm 3, by `HELM` and `HELM3`. */
export const HELMS = { helm: Deno.env.get("HELM") ?? "helm", helm3: Deno.env.get("HELM3") ?? "helm3" } as const;

/** The chart. */
export const CHART = decodeURIComponent(new URL("chart", ROOT).pathname);

/** Options of a rendering. */
export interface RenderOptions {
  /** Content of a values file. */
  readonly values?: unknown;
  /** Values files, relative to the chart. */
  readonly files?: readonly string[];
  /** Extra arguments, such as `--set=…`. */
  readonly args?: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly helm?: string;
}

/** The result of a run of Helm. */
export interface Rendered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Renders the chart as release `rel` in namespace `ns`, unless the options name others. */
export async function helmTemplate(options: RenderOptions = {}): Promise<Rendered> {
  const { values, files = [], args = [], release = "rel", namespace = "ns", kubeVersion = "1.33.0" } = options;
  return await runHelm(options.helm ?? HELMS.helm, [
    "template",
    release,
    CHART,
    `--namespace=${namespace}`,
    `--kube-version=${kubeVersion}`,
    ...files.map((file) => `--values=${CHART}/${file}`),
    ...values === undefined ? [] : ["--values=-"],
    ...args,
  ], values === undefined ? "" : JSON.stringify(values));
}

/**
 * Renders the chart and parses the objects.
 *
 * @throws {Error} if rendering fails
 */
export async function render(options: RenderOptions = {}): Promise<readonly KubeObject[]> {
  const { code, stdout, stderr } = await helmTemplate(options);
  if (code !== 0) throw new Error(`Helm failed: ${stderr}`);
  return objectsOf(stdout);
}

/** Parses rendered objects; a duplicate key is an error. */
export function objectsOf(text: string): readonly KubeObject[] {
  return parseAllDocuments(text, { version: "1.1", uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const object: KubeObject | null = document.toJS();
    return object === null ? [] : [object];
  });
}

/**
 * Renders the chart with invalid values.
 *
 * @returns the error message
 * @throws {Error} if rendering succeeds
 */
export async function refusal(options: RenderOptions): Promise<string> {
  const { code, stderr } = await helmTemplate(options);
  if (code === 0) throw new Error("The chart was rendered");
  return stderr;
}

/** Whether Helm is installed. */
export async function hasHelm(helm: string = HELMS.helm): Promise<boolean> {
  try {
    return (await runHelm(helm, ["version", "--short"], "")).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Runs Helm.
 *
 * @param input standard input
 */
export async function runHelm(helm: string, args: readonly string[], input: string): Promise<Rendered> {
  const child = new Deno.Command(helm, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writing = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const isHelmInstalled = await hasHelm();

/** Defines a test that needs Helm. Without Helm it is skipped with a message. */
export function chartTest(name: string, run: (context: Deno.TestContext) => Promise<void>): void {
  Deno.test(name, async (context) => {
    if (!isHelmInstalled) return skipCheck(`"${name}"`, `there is no ${HELMS.helm}; name one with HELM`);
    await run(context);
  });
}
