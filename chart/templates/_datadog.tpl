{{/* The Datadog check, as in the agglayer chart 1.x, with the port and scheme in use and without new metrics. */}}
{{- define "wallet-balance-exporter.datadogCheck" -}}
{{- $instance := dict
  "openmetrics_endpoint" (printf "%s://%%%%host%%%%:%d/metrics" (include "wallet-balance-exporter.scheme" .) (int64 .Values.ports.metrics))
  "namespace" "wallet_balance"
  "metrics" (list "^wallet_.*")
-}}
{{- if .Values.datadog.excludeNewMetrics -}}
{{- $_ := set $instance "exclude_metrics" (include "wallet-balance-exporter.newMetrics" . | fromJsonArray) -}}
{{- end -}}
{{- if .Values.webConfig.tls -}}
{{- $_ := set $instance "tls_verify" false -}}
{{- end -}}
{{- if .Values.datadog.monitors.enabled -}}
{{- if .Values.datadog.excludeNewMetrics -}}
{{- $_ := set $instance "exclude_metrics_by_labels" (dict "level" (list "^(warning|target|maximum)$")) -}}
{{- end -}}
{{- /* Not cached, since wallets, minimums and mutes change. */ -}}
{{- $_ := set $instance "cache_shared_labels" false -}}
{{- $match := list "namespace" "release" "network" "label" "address" -}}
{{- $shared := dict "wallet_balance_muted" (dict "match" $match "labels" (list "muted_until")) -}}
{{- if .Values.datadog.monitors.showMinimum -}}
{{- $_ := set $shared "wallet_balance_below_minimum" (dict "match" $match "labels" (list "min_balance_eth")) -}}
{{- end -}}
{{- $_ := set $instance "share_labels" $shared -}}
{{- end -}}
{{- $instance = mustMergeOverwrite $instance .Values.datadog.extraInstance -}}
{{- dict "openmetrics" (dict "init_config" dict "instances" (list $instance)) | toRawJson -}}
{{- end -}}

{{/* Patterns of all metrics that the agglayer chart 1.x did not have, without those that the monitors need. */}}
{{- define "wallet-balance-exporter.newMetrics" -}}
{{- list
  (ternary "^wallet_balance_(spent_eth|received_eth|muted|outflow)" "^wallet_balance_(threshold_eth|spent_eth|received_eth|muted|outflow)" .Values.datadog.monitors.enabled)
  "^wallet_(token|transactions?|code)(_|$)"
  "^wallet_balance_exporter_(?!(up|last_check_timestamp|info)$)"
| toRawJson -}}
{{- end -}}

{{/*
Excludes new metrics from check instances written for the agglayer chart 1.x, unless an instance names a new metric.
Called with (list context instances). Modifies the instances and outputs "changed" if it did.
*/}}
{{- define "wallet-balance-exporter.excludeNewMetrics" -}}
{{- $context := index . 0 -}}
{{- range $instance := index . 1 -}}
{{- if and (kindIs "map" $instance) (hasKey $instance "metrics") (not (hasKey $instance "exclude_metrics")) -}}
{{- $named := false -}}
{{- range $metric := $instance.metrics -}}
{{- $names := list -}}
{{- if kindIs "string" $metric -}}{{- $names = list $metric -}}{{- else if kindIs "map" $metric -}}{{- $names = keys $metric -}}{{- end -}}
{{- range $name := $names -}}
{{- $isNew := regexMatch "^\\^?wallet_(token_|transactions?_|code_|balance_(threshold_|spent_|received_|muted|outflow)|balance_exporter_[a-z])" $name -}}
{{- $isOld := regexMatch "^\\^?wallet_balance_exporter_(up|last_check_timestamp|info)\\b" $name -}}
{{- if and $isNew (not $isOld) -}}{{- $named = true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $named -}}
{{- $_ := set $instance "exclude_metrics" (include "wallet-balance-exporter.newMetrics" $context | fromJsonArray) -}}
changed
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A Datadog annotation, evaluated as a template. Called with (list context name value). */}}
{{- define "wallet-balance-exporter.datadogAnnotation" -}}
{{- $context := index . 0 -}}
{{- $name := index . 1 -}}
{{- $text := tpl (index . 2) $context | trim -}}
{{- $changed := "" -}}
{{- $parsed := dict -}}
{{- if $context.Values.datadog.excludeNewMetrics -}}
{{- if hasSuffix ".checks" $name -}}
{{- $parsed = fromJson $text -}}
{{- with (dig "openmetrics" dict $parsed) -}}
{{- if kindIs "map" . -}}{{- $changed = include "wallet-balance-exporter.excludeNewMetrics" (list $context (default list .instances)) -}}{{- end -}}
{{- end -}}
{{- else if hasSuffix ".instances" $name -}}
{{- $parsed = fromJsonArray $text -}}
{{- $changed = include "wallet-balance-exporter.excludeNewMetrics" (list $context $parsed) -}}
{{- end -}}
{{- end -}}
{{- if $changed -}}{{- toRawJson $parsed -}}{{- else -}}{{- $text -}}{{- end -}}
{{- end -}}

{{/* Pod annotations. Only Datadog's are evaluated as templates: those of a Vault agent contain their own braces. */}}
{{- define "wallet-balance-exporter.podAnnotations" -}}
{{- $context := . -}}
{{- $all := dict -}}
{{- if .Values.prometheusAnnotations.enabled -}}
{{- $_ := set $all "prometheus.io/scrape" "true" -}}
{{- $_ := set $all "prometheus.io/port" (toString (int64 .Values.ports.metrics)) -}}
{{- $_ := set $all "prometheus.io/path" "/metrics" -}}
{{- $_ := set $all "prometheus.io/scheme" (include "wallet-balance-exporter.scheme" .) -}}
{{- end -}}
{{- if and (eq .Values.config.delivery "env") (not .Values.existingSecret.name) -}}
{{- $_ := set $all "checksum/config" (include "wallet-balance-exporter.configText" . | sha256sum) -}}
{{- end -}}
{{- /* With a chart alias the container has another name: the user's annotation for it overrides the default. */ -}}
{{- $container := printf "ad.datadoghq.com/%s." (include "wallet-balance-exporter.containerName" .) -}}
{{- range $name, $value := .Values.podAnnotations -}}
{{- if not (kindIs "invalid" $value) -}}
{{- $text := include "wallet-balance-exporter.string" $value -}}
{{- $key := $name -}}
{{- if hasPrefix "ad.datadoghq.com/" $name -}}
{{- $text = include "wallet-balance-exporter.datadogAnnotation" (list $context $name $text) -}}
{{- $key = $name | replace "ad.datadoghq.com/wallet-balance-exporter." $container -}}
{{- end -}}
{{- if or (eq $key $name) (not (hasKey $context.Values.podAnnotations $key)) -}}{{- $_ := set $all $key $text -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if $all -}}{{- toYaml $all -}}{{- end -}}
{{- end -}}

{{/*
The monitors of files/monitors.yaml that have their metrics, with the placeholders replaced as text. Balances have the tag
of their minimum if the check shares it: then it is in the message.
*/}}
{{- define "wallet-balance-exporter.datadogMonitors" -}}
{{- $exporter := printf "%s/%s" (include "wallet-balance-exporter.namespaceLabel" .) (include "wallet-balance-exporter.releaseLabel" .) -}}
{{- $scope := printf "release:%s,namespace:%s" (include "wallet-balance-exporter.releaseLabel" .) (include "wallet-balance-exporter.namespaceLabel" .) -}}
{{- $sharesMinimum := contains "min_balance_eth" (include "wallet-balance-exporter.podAnnotations" .) -}}
{{- /* Counted by shard: two replicas of one shard must not hide a missing shard. */ -}}
{{- $byShard := printf "max(last_10m):count_nonzero(max:wallet_balance.wallet_balance_exporter_up{%s} by {shard}) < %d" $scope (int64 .Values.shards) -}}
{{- $text := .Files.Get "files/monitors.yaml" -}}
{{- range $name, $value := dict
  "scope" (printf "%s,!muted_until:2*" $scope)
  "all" $scope
  "wallet" (join "," (concat (list "label" "address" "network") (include "wallet-balance-exporter.ownLabels" . | fromJsonArray) | uniq))
  "network" "network"
  "minimum" (ternary ",min_balance_eth" "" $sharesMinimum)
  "of_minimum" (ternary " of {{min_balance_eth.name}}" "" $sharesMinimum)
  "exporter" $exporter
  "up" (ternary $byShard (printf "max(last_10m):sum:wallet_balance.wallet_balance_exporter_up{%s} < 1" $scope) (gt (int64 .Values.shards) 1))
  "health" (printf "\"kube_namespace:%s\",\"kube_app_instance:%s\"" (include "wallet-balance-exporter.namespace" .) .Release.Name)
  "target" $exporter
-}}
{{- $text = replace (printf "@%s@" $name) $value $text -}}
{{- end -}}
{{- $monitors := list -}}
{{- $hasNew := not .Values.datadog.excludeNewMetrics -}}
{{- range fromYamlArray $text -}}
{{- if or $hasNew (not (regexMatch "^(token|transactions|code)-" .key)) -}}{{- $monitors = append $monitors . -}}{{- end -}}
{{- end -}}
{{- toYaml $monitors -}}
{{- end -}}
