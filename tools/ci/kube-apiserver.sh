#!/usr/bin/env bash
# A Kubernetes API server on loopback: etcd, kube-apiserver and kube-controller-manager (Deployment -> ReplicaSet ->
# Pod, so Pod Security admission applies). There is no kubelet: Pods stay Pending.
#
#   kube-apiserver.sh start          build (long the first time), start, wait until ready; prints the kubeconfig's path
#   kube-apiserver.sh crds [FOLDER]  install custom resource definitions (default: those of chart-tools.sh)
#   kube-apiserver.sh stop           stop all three and delete their data; binaries stay
#
#   export KUBECONFIG=$(tools/ci/kube-apiserver.sh start); tools/ci/kube-apiserver.sh crds; deno task test:cluster
#
# K8S=1.33.13 selects another version. KUBECTL names the kubectl to use.
set -euo pipefail

K8S=${K8S:-1.36.3} # the newest whose main module and staging modules all resolve; 1.33.13, 1.34.4, 1.35.4 do too
STAGING=0.${K8S#1.}
CI_TOOLS=${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wallet-balance-exporter-tools}
DIR=$CI_TOOLS/kubernetes-$K8S
BIN=$DIR/bin SRC=$DIR/src RUN=$DIR/run
say() { echo "kube-apiserver.sh: $*" >&2; }

gobuild() { # output package [ldflags]
  local stamp="$BIN/.$1"
  [[ -x "$BIN/$1" && "$(cat "$stamp" 2>/dev/null)" == "$K8S" ]] && return 0
  local from=$SECONDS
  (cd "$SRC" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice -n 10 \
    go build -mod=mod -p "${GOJOBS:-2}" -trimpath -ldflags="-s -w ${3:-}" -o "$BIN/$1" "$2")
  echo "$K8S" >"$stamp"
  say "built $1 in $((SECONDS - from)) s"
}

build() {
  mkdir -p "$BIN" "$SRC"
  # The main module has its staging modules in its own tree, which a module zip omits: replace each by its published
  # version.
  if ! grep -qs "k8s.io/kubernetes v$K8S\$" "$SRC/go.mod"; then
    rm -f "$SRC"/go.{mod,sum}
    printf 'module kapi\n\ngo 1.26.0\n' >"$SRC/go.mod"
    local mod
    mod=$(cd "$SRC" && go mod download -json "k8s.io/kubernetes@v$K8S" | sed -nE 's/^\s*"GoMod": "(.*)",?$/\1/p')
    {
      printf '\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$K8S"
      sed -nE "s#^\s*(k8s\.io/[a-z-]+) => \./staging.*#\t\1 => \1 v$STAGING#p" "$mod"
      printf ')\n'
    } >>"$SRC/go.mod"
    printf 'package tools\n' >"$SRC/tools.go"
  fi
  local p=k8s.io/component-base/version minor=${K8S#*.}
  local ld="-X $p.gitVersion=v$K8S -X $p.gitMajor=1 -X $p.gitMinor=${minor%.*} -X $p.gitTreeState=clean"
  gobuild kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver "$ld"
  gobuild etcd go.etcd.io/etcd/server/v3
  gobuild kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager "$ld"
}

freeport() { python3 -c 'import socket
s=[socket.socket() for _ in range(int(__import__("sys").argv[1]))]
[x.bind(("127.0.0.1",0)) for x in s]
print(*[x.getsockname()[1] for x in s])' "$1"; }

spawn() { # name command...
  local name=$1
  shift
  setsid nohup "$@" >"$RUN/$name.log" 2>&1 </dev/null &
  echo $! >"$RUN/$name.pid"
}

alive() { # name: the process is still the program that this script started
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
  [[ "$(readlink "/proc/$pid/exe" 2>/dev/null)" == "$BIN/$1"* ]]
}

waitfor() { # seconds what command...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then
      say "$what did not start; see $RUN/*.log"
      tail -n 15 "$RUN"/*.log >&2
      return 1
    fi
    sleep 0.3
  done
}

kubectl() { KUBECONFIG=$RUN/kubeconfig command "${KUBECTL:-$(type -P kubectl || echo "$CI_TOOLS/chart/bin/kubectl")}" "$@"; }

start() {
  if alive kube-apiserver && [[ -s "$RUN/kubeconfig" ]]; then
    echo "$RUN/kubeconfig"
    return
  fi
  build
  [[ ! -d "$RUN" ]] || stop
  mkdir -p "$RUN/certs"
  chmod 700 "$RUN"
  local client peer api kcm token
  read -r client peer api kcm <<<"$(freeport 4)"
  token=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
  echo "$token,admin,admin,system:masters" >"$RUN/certs/tokens.csv"
  openssl genrsa -out "$RUN/certs/sa.key" 2048 2>/dev/null

  spawn etcd "$BIN/etcd" --data-dir "$RUN/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "http://127.0.0.1:$client" --advertise-client-urls "http://127.0.0.1:$client" \
    --listen-peer-urls "http://127.0.0.1:$peer"
  waitfor 60 etcd curl -fsS --noproxy '*' "http://127.0.0.1:$client/health"

  spawn kube-apiserver "$BIN/kube-apiserver" --etcd-servers "http://127.0.0.1:$client" \
    --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$api" --cert-dir "$RUN/certs" \
    --endpoint-reconciler-type none --service-cluster-ip-range 10.0.0.0/24 --allow-privileged \
    --token-auth-file "$RUN/certs/tokens.csv" --authorization-mode RBAC \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$RUN/certs/sa.key" \
    --service-account-signing-key-file "$RUN/certs/sa.key"
  cat >"$RUN/kubeconfig" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: local, cluster: {server: "https://127.0.0.1:$api", certificate-authority: $RUN/certs/apiserver.crt}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: local, context: {cluster: local, user: admin}}]
current-context: local
EOF
  chmod 600 "$RUN/kubeconfig"
  waitfor 180 kube-apiserver curl -fsS --noproxy '*' --cacert "$RUN/certs/apiserver.crt" \
    -H "Authorization: Bearer $token" "https://127.0.0.1:$api/readyz"
  spawn kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig "$RUN/kubeconfig" \
    --leader-elect=false --secure-port "$kcm" --bind-address 127.0.0.1 --cert-dir "$RUN/certs/kcm" \
    --service-account-private-key-file "$RUN/certs/sa.key" --use-service-account-credentials=false \
    --root-ca-file "$RUN/certs/apiserver.crt"
  # The controllers have created the namespace's service account when they run.
  waitfor 120 kube-controller-manager curl -fsS --noproxy '*' --cacert "$RUN/certs/apiserver.crt" \
    -H "Authorization: Bearer $token" "https://127.0.0.1:$api/api/v1/namespaces/default/serviceaccounts/default"
  echo "$RUN/kubeconfig"
}

crds() {
  kubectl apply --server-side --filename="${1:-$CI_TOOLS/chart/crds}" >&2
  kubectl wait --for=condition=Established --timeout=30s crd --all >&2
}

stop() {
  local name pid n
  for name in kube-controller-manager kube-apiserver etcd; do
    if alive "$name"; then
      pid=$(cat "$RUN/$name.pid")
      kill -TERM "$pid" 2>/dev/null || true
      for ((n = 0; n < 50; n++)); do alive "$name" || break; sleep 0.1; done
      if alive "$name"; then kill -KILL "$pid" 2>/dev/null || true; fi
    fi
  done
  rm -rf "$RUN"
}

case "${1:-}" in
start) start ;;
crds) crds "${2:-}" ;;
stop) stop ;;
*) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
