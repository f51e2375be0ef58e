#!/usr/bin/env bash
# obs-tools.sh - installs the distribution packages, the Ethereum node and the tools that the tests use, on Debian or Ubuntu.
# What is installed is left alone; a second run takes about a second.
#
# CI_TOOLS is the folder of the tools that are not distribution packages.
set -euo pipefail

CI_TOOLS=${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wallet-balance-exporter-tools}
GETH=v1.17.8 # v1.17.9 and v1.17.10 require a module that `go install` cannot fetch
VICTORIA_METRICS=v1.140.0

packages=(prometheus prometheus-alertmanager prometheus-pushgateway prometheus-node-exporter
  fonts-dejavu-core systemd binutils buildah docker-registry jq curl openssl procps)
# Ubuntu has Chromium only as a snap; the forge's machines come with it.
[[ -n $(type -P chromium chromium-browser google-chrome) ]] || packages+=(chromium)
missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done

# quiet COMMAND...: shows what a command printed only when it failed.
quiet() {
  local out
  out=$("$@" 2>&1) || { printf '%s\n' "$out" >&2; return 1; }
}

if ((${#missing[@]})); then
  sudo=()
  if ((EUID != 0)); then sudo=(sudo); fi
  # The tests start the daemons themselves; the packages must not.
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    trap '"${sudo[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
    "${sudo[@]}" chmod 755 /usr/sbin/policy-rc.d
  fi
  quiet "${sudo[@]}" apt-get update -qq
  quiet "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
  echo "obs-tools: installed ${missing[*]}"
fi

# go_tool NAME VERSION PACKAGE
go_tool() {
  local stamp=$CI_TOOLS/stamp/$1
  if [[ -x $CI_TOOLS/bin/$1 && $(cat "$stamp" 2>/dev/null) == "$2" ]]; then return; fi
  mkdir -p "$CI_TOOLS/bin" "${stamp%/*}"
  GOBIN=$CI_TOOLS/bin quiet nice go install -p 1 -ldflags='-s -w' "$3@$2"
  printf '%s' "$2" >"$stamp"
  echo "obs-tools: built $1 $2"
}
go_tool geth "$GETH" github.com/ethereum/go-ethereum/cmd/geth
for name in victoria-metrics vmalert vmalert-tool; do
  go_tool $name "$VICTORIA_METRICS" github.com/VictoriaMetrics/VictoriaMetrics/app/$name
done

# Validates compose files as Docker Compose does; its own command does not read the environment.
composecheck=$(dirname "${BASH_SOURCE[0]}")/../composecheck
stamp=$CI_TOOLS/stamp/composecheck
version=$(cat "$composecheck"/* | sha256sum)
if [[ ! -x $CI_TOOLS/bin/composecheck || $(cat "$stamp" 2>/dev/null) != "$version" ]]; then
  quiet nice go build -C "$composecheck" -p 1 -ldflags='-s -w' -o "$CI_TOOLS/bin/composecheck" .
  printf '%s' "$version" >"$stamp"
  echo "obs-tools: built composecheck"
fi
