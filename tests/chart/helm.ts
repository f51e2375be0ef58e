import { parseAllDocuments } from "yaml";
import { ROOT } from "../program/exporter_command.ts";
import type { KubeObject } from "./kube_object.ts";

/** Helm 4 and Helm 3, by `HELM` and `HELM3`. */
export const HELMS = { helm: Deno.env.get("HELM") ?? "helm", helm3: Deno.env.get("HELM3") ?? "helm3" } as const;

/** The chart. */
export const CHART = decodeURIComponent(new URL("chart", ROOT).pathname);

/** What to render. */
export interface RenderOptions {
  /** As a values file. */
  readonly values?: unknown;
  /** Values files, by path from the chart. */
  readonly files?: readonly string[];
  /** Arguments for Helm, such as `--set=…`. */
  readonly args?: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly helm?: string;
}

/** What Helm said. */
export interface Rendered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Renders the chart.
 *
 * @param options see {@linkcode RenderOptions}; the release is `rel` in the namespace `ns`
 * @returns what Helm printed, whether it rendered or refused
 */
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
 * Renders the chart, and takes what was rendered apart.
 *
 * @throws {Error} when Helm refuses
 */
export async function render(options: RenderOptions = {}): Promise<readonly KubeObject[]> {
  const { code, stdout, stderr } = await helmTemplate(options);
  if (code !== 0) throw new Error(`Helm refuses: ${stderr}`);
  return objectsOf(stdout);
}

/** The objects of what was rendered; a key that stands twice in a mapping is an error. */
export function objectsOf(text: string): readonly KubeObject[] {
  return parseAllDocuments(text, { version: "1.1", uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const object: KubeObject | null = document.toJS();
    return object === null ? [] : [object];
  });
}

/**
 * Renders the chart where it must be refused.
 *
 * @returns what Helm said
 * @throws {Error} when it is not refused
 */
export async function refusal(options: RenderOptions): Promise<string> {
  const { code, stderr } = await helmTemplate(options);
  if (code === 0) throw new Error("It is not refused");
  return stderr;
}

/** Whether there is a Helm to test with. */
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
 * @param helm the program
 * @param args its arguments
 * @param input what it reads from its standard input
 */
export async function runHelm(helm: string, args: readonly string[], input: string): Promise<Rendered> {
  const child = new Deno.Command(helm, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writing = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
