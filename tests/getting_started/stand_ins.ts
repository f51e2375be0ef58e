import { CHART } from "../chart/helm.ts";
import type { Visit } from "./visit.ts";

/**
 * Takes the place of Docker: containers of the exporter run the binary on the files that are mounted, and commands in the
 * demo node are sent to the visit's node. Everything else is only recorded.
 *
 * @returns the recorded commands
 */
export async function standInForDocker(visit: Visit): Promise<() => Promise<readonly string[]>> {
  const record = `${visit.folder}/../docker.txt`;
  await visit.standIn(
    "docker",
    `
echo "$*" >>${record}
exporter() { # ARGUMENTS... with the paths and variables of the container
  local -a own=()
  for each in \${variables[@]+"\${variables[@]}"}; do
    [[ $each == *=* ]] && own+=("\${each//$target/$source}") || own+=("$each=\${!each}")
  done
  env -i "\${own[@]}" ${visit.folder}/../archive/*/wallet-balance-exporter "\${@//$target/$source}"
}
case $1 in
run)
  shift
  variables=() detached=
  while [[ $1 == -* ]]; do
    case $1 in
    -v) IFS=: read -r source target _ <<<"$2"; shift ;;
    -e) variables+=("$2"); shift ;;
    -p | --name) shift ;;
    -d) detached=1 ;;
    esac
    shift
  done
  shift
  if [[ -z $detached ]]; then exporter "$@"; exit; fi
  declare -p source target variables >${record}.container
  exporter "$@" >${record}.log 2>&1 &
  ;;
logs) cat ${record}.log ;;
exec)
  . ${record}.container
  shift 3
  exporter "$@"
  ;;
compose)
  if [[ $* == "compose run --rm -T exporter "* ]]; then
    variables=(WALLET_CONFIG_FILE=/etc/wallets/wallets.yaml) source=$PWD/wallets target=/etc/wallets
    exporter "\${@:6}"
    exit
  fi
  [[ $* == "compose exec node cast rpc "* ]] || exit 0
  curl -fsS --json "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"method\\":\\"$6\\",\\"params\\":[\\"$7\\",\\"$8\\"]}" ${visit.node.url}
  ;;
esac`,
  );
  return async () => (await Deno.readTextFile(record)).trim().split("\n");
}

/**
 * Takes the place of a cluster: `kubectl` prints what it would create, and Helm renders the chart of this repository in
 * place of that of the registry.
 */
export async function standInForCluster(visit: Visit): Promise<void> {
  const real = (name: string): string => `"$(PATH=\${PATH#*:} type -P ${name})"`;
  await visit.standIn("kubectl", `[[ $1 != create ]] || exec ${real("kubectl")} "$@" --dry-run=client --output=yaml`);
  await visit.standIn(
    "helm",
    `[[ $1 == install ]] || exit 0
[[ $3 == oci://ghcr.io/agglayer/charts/wallet-balance-exporter ]] || exit 1
exec ${real("helm")} template "$2" ${CHART} --kube-version=1.33.0 --namespace=default "\${@:4}"`,
  );
}
