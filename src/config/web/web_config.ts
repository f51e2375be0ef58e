import { EXIT, ExitError } from "../../util/errors.ts";
import { type Stamp, stampOf } from "../files/watch_files.ts";
import { fieldOf, type Path } from "../source/source_tree.ts";
import { createValidator, type Validator } from "../source/validator.ts";
import { ConfigError } from "../model/problem.ts";
import { readText, resolveRelative } from "../files/read_text.ts";
import { yamlTree } from "../source/yaml_tree.ts";
import { httpShape, tlsShape, UNSUPPORTED, webShape } from "./web_schema.ts";

/** TLS and users of the listener: a file in the format of the Prometheus exporter toolkit. */
export interface WebConfig {
  /** Certificate chain and key as PEM; none for plain HTTP. */
  readonly tls: Tls | undefined;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes of passwords by user; empty without authentication. */
  readonly users: ReadonlyMap<string, string>;
}

/** A certificate chain and its key, as PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Of a web configuration or a certificate. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads the file that `--web.config.file` names:
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 *
 * @throws {ConfigError} when anything in it is invalid or not supported
 * @throws {ExitError} when it cannot be read
 */
export async function readWebConfig(file: string, stamps: Map<string, Stamp> = new Map()): Promise<WebConfig> {
  stamps.set(file, await stampOf(file));
  const text = await readText(file, MAX_FILE_BYTES);
  if (typeof text !== "string") {
    const advice = "Check --web.config.file, and that the file is mounted and readable for this user";
    throw new ExitError(EXIT.refused, `Cannot read the web configuration ${file}: ${text.why}`, advice);
  }
  const nothing: WebConfig = { tls: undefined, headers: {}, users: new Map() };
  // An empty file is a valid one, which changes nothing.
  if (/^(\s*(#.*)?(\n|$))*$/.test(text)) return nothing;
  const tree = yamlTree(text, file);
  const validator = createValidator(tree);
  const written = validator.parse(webShape, supported(tree.value, [], validator), []);
  for (const name of Object.keys(fieldOf(tree.value, "basic_auth_users") ?? {})) {
    // The schema library drops these, and authentication would be off.
    if (!UNSAFE_NAMES.has(name)) continue;
    validator.report("error", ["basic_auth_users", name], "Invalid user name", "Choose another", "key");
  }
  const section = (key: string): unknown => supported(fieldOf(tree.value, key), [key], validator);
  const tlsServer = section("tls_server_config");
  const tls = tlsServer === undefined
    ? undefined
    : await readTls(tlsServer, ["tls_server_config"], file, stamps, validator);
  const server = section("http_server_config");
  const http = server === undefined ? {} : validator.parse(httpShape, server, ["http_server_config"]);
  const { problems } = validator;
  if (problems.length > 0) throw new ConfigError(file, problems);
  const headers = Object.fromEntries(
    Object.entries(http?.headers ?? {}).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
  return { tls, headers, users: new Map(Object.entries(written?.basic_auth_users ?? {})) };
}

const UNSAFE_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A section without unsupported keys, which are reported. */
function supported(value: unknown, path: Path, validator: Validator): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, each]) => {
      const why = UNSUPPORTED.get([...path, key].join("."))?.(each);
      if (why !== undefined) validator.report("error", [...path, key], why, "Remove it", "key");
      return why === undefined;
    }),
  );
}

async function readTls(
  value: unknown,
  path: Path,
  file: string,
  stamps: Map<string, Stamp>,
  validator: Validator,
): Promise<Tls | undefined> {
  const written = validator.parse(tlsShape, value, path);
  if (written === undefined) return undefined;
  const [cert, key] = await Promise.all((["cert", "key"] as const).map(async (part) => {
    const inline = written[part];
    const named = written[`${part}_file`];
    if (inline !== undefined && named !== undefined) {
      validator.report("error", [...path, part], `${part}_file is set too`, "Keep one of them", "key");
    }
    if (inline !== undefined) return inline;
    if (named === undefined) {
      const message = `Missing required key "${part}_file" or "${part}"`;
      validator.report("error", path, message, "TLS needs a certificate and its key");
      return undefined;
    }
    const whole = resolveRelative(named, file);
    stamps.set(whole, await stampOf(whole));
    const text = await readText(whole, MAX_FILE_BYTES);
    if (typeof text === "string") return text;
    const message = `Cannot read the file ${whole}: ${text.why}`;
    validator.report("error", [...path, `${part}_file`], message, "Check the path");
    return undefined;
  }));
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
