{{/* Seconds as a Prometheus duration, in the largest unit without remainder. */}}
{{- define "wallet-balance-exporter.duration" -}}
{{- $seconds := int64 . -}}
{{- if eq (mod $seconds 3600) 0 -}}{{- div $seconds 3600 -}}h
{{- else if eq (mod $seconds 60) 0 -}}{{- div $seconds 60 -}}m
{{- else -}}{{- $seconds -}}s{{- end -}}
{{- end -}}

{{/* A Prometheus template: a space and the symbol of the network's coin. */}}
{{- define "wallet-balance-exporter.coinTemplate" -}}
{{ `{{ with printf "last_over_time(wallet_balance_exporter_network_info{namespace=%q,release=%q,network=%q,symbol!=''}[15m])" $labels.namespace $labels.release $labels.network | query }} {{ . | first | label "symbol" }}{{ end }}` }}
{{- end -}}

{{/* A Prometheus template: a number with six digits, and without an exponent from a million on. Called with its name. */}}
{{- define "wallet-balance-exporter.amountTemplate" -}}
{{ `{{ if lt VALUE 999999.5 }}{{ VALUE | printf "%.6g" }}{{ else }}{{ VALUE | printf "%.0f" }}{{ end }}` | replace "VALUE" . }}
{{- end -}}

{{/* A Prometheus template: a text with the first value of a query about a wallet. Called with (list isToken query text). */}}
{{- define "wallet-balance-exporter.queryTemplate" -}}
{{- $matchers := ternary ",symbol=%q,token=%q" "" (index . 0) -}}
{{- $labels := ternary " $labels.symbol $labels.token" "" (index . 0) -}}
{{ `{{ $of := printf "namespace=%q,release=%q,network=%q,label=%q,address=%qMATCHERS" $labels.namespace $labels.release $labels.network $labels.label $labels.addressLABELS }}{{ with printf "QUERY"ARGUMENTS | query }}{{ with . | first | value }}TEXT{{ end }}{{ end }}` | replace "MATCHERS" $matchers | replace "LABELS" $labels | replace "ARGUMENTS" (repeat (len (regexFindAll "%s" (index . 1) -1)) " $of") | replace "QUERY" (index . 1) | replace "TEXT" (index . 2) }}
{{- end -}}

{{/* A Prometheus template: " of " and a level. Called with (list isToken level). */}}
{{- define "wallet-balance-exporter.levelTemplate" -}}
{{- $metric := ternary "wallet_token_balance_threshold" "wallet_balance_threshold_eth" (index . 0) -}}
{{- $select := printf "last_over_time(%s{level='LEVEL',%%s}[15m])" $metric -}}
{{- $query := $select | replace "LEVEL" (index . 1) -}}
{{- if eq (index . 1) "critical" -}}
{{- $alert := ternary "WalletTokenBalanceCriticallyLow" "WalletBalanceCriticallyLow" (index . 0) -}}
{{- $query = printf "%s or ignoring (level) @threshold:%s@ * %s" $query $alert ($select | replace "LEVEL" "minimum") -}}
{{- end -}}
{{ include "wallet-balance-exporter.queryTemplate" (list (index . 0) $query (printf " of %s" (include "wallet-balance-exporter.amountTemplate" "."))) }}
{{- end -}}

{{/* A Prometheus template: " holds ", the balance and " and". Called with (list isToken metric symbol). */}}
{{- define "wallet-balance-exporter.holdsTemplate" -}}
{{- $text := printf " holds %s%s and" (include "wallet-balance-exporter.amountTemplate" ".") (index . 2) -}}
{{ include "wallet-balance-exporter.queryTemplate" (list (index . 0) (printf "last_over_time(%s{%%s}[15m])" (index . 1)) $text) }}
{{- end -}}

{{/*
Names of the wallets' own labels, as a JSON list: those of an inline configuration of version 2, and those in the values.
Labels of wallets in a Secret or in lists are unknown here.
*/}}
{{- define "wallet-balance-exporter.ownLabels" -}}
{{- $names := .Values.prometheusRule.extraWalletLabels -}}
{{- $config := include "wallet-balance-exporter.configText" . | fromYaml -}}
{{- $parts := list (get $config "defaults") -}}
{{- if kindIs "slice" (get $config "networks") -}}
{{- range $config.networks -}}
{{- if and (kindIs "map" .) (kindIs "slice" .wallets) -}}{{- $parts = concat $parts .wallets -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $parts -}}
{{- if and (kindIs "map" .) (kindIs "map" (get . "labels")) -}}{{- $names = concat $names (keys .labels) -}}{{- end -}}
{{- end -}}
{{- $names | uniq | sortAlpha | toRawJson -}}
{{- end -}}

{{/* Rejects labels that rules or targets have, and words of PromQL: a wallet's label would be lost or break the rules. */}}
{{- define "wallet-balance-exporter.checkOwnLabels" -}}
{{- range include "wallet-balance-exporter.ownLabels" . | fromJsonArray -}}
{{- if regexMatch "^(alertgroup|alertname|alertstate|cluster|container|endpoint|node|pod|prometheus|prometheus_replica|replica|service|severity|shard|(?i:inf|nan|without))$" . -}}
{{- fail (printf "\n\nThe label %q of the wallets cannot be used in rules. Rename it in the configuration.\n" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Values of the placeholders in files/rules.yaml, except the thresholds. */}}
{{- define "wallet-balance-exporter.rulePlaceholders" -}}
{{- $interval := include "wallet-balance-exporter.intervalSeconds" . | int64 -}}
{{- $step := max 300 $interval -}}
{{- $short := max 3600 (mul 6 $step) -}}
{{- $long := max 21600 (mul 24 $step) -}}
{{- $hour := max 3600 $interval -}}
{{- $exporter := .Values.prometheusRule.exporterLabels -}}
{{- $wallet := concat .Values.prometheusRule.walletLabels (include "wallet-balance-exporter.ownLabels" . | fromJsonArray) -}}
{{- dict
  "exporter" (join ", " $exporter)
  "network" (join ", " (append $exporter "network"))
  "identity" (join ", " (uniq (concat $exporter $wallet)))
  "selector" (printf "namespace=%q,release=%q" (include "wallet-balance-exporter.namespaceLabel" .) (include "wallet-balance-exporter.releaseLabel" .))
  "interval" (toString $interval)
  "shards" (toString .Values.shards)
  "processes" (toString (mul (int64 .Values.shards) (max 1 (int64 .Values.replicaCount))))
  "step" (include "wallet-balance-exporter.duration" $step)
  "step_seconds" (toString $step)
  "short" (include "wallet-balance-exporter.duration" $short)
  "long" (include "wallet-balance-exporter.duration" $long)
  "hour" (include "wallet-balance-exporter.duration" $hour)
  "hour_seconds" (toString $hour)
  "day" (include "wallet-balance-exporter.duration" (mul 24 $hour))
  "for_short" (include "wallet-balance-exporter.duration" (add $short 600))
  "for_checks" (include "wallet-balance-exporter.duration" (max 900 (mul 3 $interval)))
  "for_slow" (include "wallet-balance-exporter.duration" (max 1800 (mul 3 $interval)))
  "idle_label" .Values.prometheusRule.idleLabel
  "gap" "15m"
  "amount" (include "wallet-balance-exporter.amountTemplate" "$value")
  "coin" (include "wallet-balance-exporter.coinTemplate" .)
  "of_warning" (include "wallet-balance-exporter.levelTemplate" (list false "warning"))
  "of_critical" (include "wallet-balance-exporter.levelTemplate" (list false "critical"))
  "of_maximum" (include "wallet-balance-exporter.levelTemplate" (list false "maximum"))
  "of_token_warning" (include "wallet-balance-exporter.levelTemplate" (list true "warning"))
  "of_token_minimum" (include "wallet-balance-exporter.levelTemplate" (list true "minimum"))
  "of_token_critical" (include "wallet-balance-exporter.levelTemplate" (list true "critical"))
  "of_token_maximum" (include "wallet-balance-exporter.levelTemplate" (list true "maximum"))
  "holds" (include "wallet-balance-exporter.holdsTemplate" (list false "wallet:wallet_balance_eth:max" (include "wallet-balance-exporter.coinTemplate" .)))
  "holds_token" (include "wallet-balance-exporter.holdsTemplate" (list true "wallet:wallet_token_balance:max" " {{ $labels.symbol }}"))
  "account" (join ", " (concat $exporter (ternary (list "network" "address") $wallet (has "address" $wallet))))
  "not_swept" (ternary "" (printf "label!~%q," .Values.prometheusRule.sweptLabel) (empty .Values.prometheusRule.sweptLabel))
| toYaml -}}
{{- end -}}

{{/*
The rule groups: files/rules.yaml with its placeholders replaced as text, then the overrides of prometheusRule.alerts.
Nothing is evaluated as a template: braces in annotations are Prometheus templates.
*/}}
{{- define "wallet-balance-exporter.ruleGroups" -}}
{{- $values := .Values.prometheusRule -}}
{{- $text := .Files.Get "files/rules.yaml" -}}
{{- range $name, $value := include "wallet-balance-exporter.rulePlaceholders" . | fromYaml -}}
{{- $text = replace (printf "@%s@" $name) (toString $value) $text -}}
{{- end -}}
{{- $defaults := .Files.Get "files/alerts.yaml" | fromYaml -}}
{{- range $name, $default := $defaults -}}
{{- $override := default dict (get (default dict $values.alerts) $name) -}}
{{- $text = replace (printf "@threshold:%s@" $name) (toString (ternary $override.threshold $default.threshold (hasKey $override "threshold"))) $text -}}
{{- end -}}
{{- $groups := list -}}
{{- range (fromYaml $text).groups -}}
{{- $rules := list -}}
{{- range $rule := .rules -}}
{{- if not (hasKey $rule "alert") -}}
{{- $rules = append $rules $rule -}}
{{- else -}}
{{- $default := get $defaults $rule.alert -}}
{{- $override := default dict (get (default dict $values.alerts) $rule.alert) -}}
{{- if ternary $override.enabled $default.enabled (hasKey $override "enabled") -}}
{{- $_ := set $rule "expr" (replace "@threshold@" (toString (ternary $override.threshold $default.threshold (hasKey $override "threshold"))) $rule.expr) -}}
{{- with get $override "for" -}}{{- $_ := set $rule "for" . -}}{{- end -}}
{{- if not $values.keepFiringFor -}}{{- $_ := unset $rule "keep_firing_for" -}}{{- end -}}
{{- with $override.keepFiringFor -}}{{- $_ := set $rule "keep_firing_for" . -}}{{- end -}}
{{- $severity := dict -}}
{{- with $override.severity -}}{{- $severity = dict "severity" . -}}{{- end -}}
{{- $_ := set $rule "labels" (mustMergeOverwrite $rule.labels (include "wallet-balance-exporter.stringMap" $values.alertLabels | fromYaml) $severity (include "wallet-balance-exporter.stringMap" $override.labels | fromYaml)) -}}
{{- with $values.runbookUrl -}}{{- $_ := set $rule.annotations "runbook_url" (replace "%s" $rule.alert .) -}}{{- end -}}
{{- with $values.dashboardUrl -}}{{- $_ := set $rule.annotations "dashboard_url" . -}}{{- end -}}
{{- $_ := set $rule "annotations" (mustMergeOverwrite $rule.annotations (include "wallet-balance-exporter.stringMap" $values.alertAnnotations | fromYaml) (include "wallet-balance-exporter.stringMap" $override.annotations | fromYaml)) -}}
{{- $rules = append $rules $rule -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $rules -}}{{- $groups = append $groups (set . "rules" $rules) -}}{{- end -}}
{{- end -}}
{{- concat $groups (default list $values.extraGroups) | toYaml -}}
{{- end -}}

{{/* Rejects overrides of unknown alerts, which would be silently ignored. */}}
{{- define "wallet-balance-exporter.checkAlerts" -}}
{{- $defaults := .Files.Get "files/alerts.yaml" | fromYaml -}}
{{- range $name, $override := .Values.prometheusRule.alerts -}}
{{- if not (hasKey $defaults $name) -}}
{{- fail (printf "\n\nprometheusRule.alerts has an unknown alert %q. Use one of:\n%s\n" $name (keys $defaults | sortAlpha | join "\n")) -}}
{{- end -}}
{{- if and (hasKey (default dict $override) "threshold") (not (hasKey (get $defaults $name) "threshold")) -}}
{{- fail (printf "\n\nprometheusRule.alerts.%s.threshold is set, but this alert has no threshold. Remove it.\n" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
