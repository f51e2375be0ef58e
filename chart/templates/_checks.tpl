{{/* What the schema cannot say, or not well. Every template asks for it first, so that it speaks before any other error. */}}
{{- define "wallet-balance-exporter.checks" -}}
{{- include "wallet-balance-exporter.checkImage" . -}}
{{- if not (hasKey .Values "serviceAccount") -}}
{{- fail "\n\nThe value serviceAccount is not there. Did --reuse-values leave out what this version has by default?\nUpgrade with --reset-then-reuse-values, or with -f and all your values.\n" -}}
{{- end -}}
{{- include "wallet-balance-exporter.fillIn" (list .Values (.Files.Get "files/defaults.json" | fromJson)) -}}
{{- $sources := list -}}
{{- if .Values.existingSecret.name -}}{{- $sources = append $sources "existingSecret.name" -}}{{- end -}}
{{- if .Values.config.networks -}}{{- $sources = append $sources "config.networks" -}}{{- end -}}
{{- if .Values.config.text -}}{{- $sources = append $sources "config.text" -}}{{- end -}}
{{- if .Values.config.file -}}{{- $sources = append $sources "config.file" -}}{{- end -}}
{{- if eq (len $sources) 0 -}}
{{- fail "\n\nThere is no configuration. Name a Secret with existingSecret.name, or write the networks into config.networks.\n" -}}
{{- end -}}
{{- if gt (len $sources) 1 -}}
{{- fail (printf "\n\nThe configuration comes from more than one place: %s. Keep one, and set the others to \"\": to have it in\nconfig.networks, config.text or config.file, set existingSecret.name=\"\".\n" (join " and " $sources)) -}}
{{- end -}}
{{- if and .Values.existingSecret.name (not .Values.existingSecret.field) -}}
{{- fail "\n\nexistingSecret.field is empty. Name the key of the Secret that holds the configuration.\n" -}}
{{- end -}}
{{- if and .Values.externalSecret.enabled (not .Values.existingSecret.name) -}}
{{- fail "\n\nexternalSecret writes the Secret existingSecret.name, which is empty. Name it.\n" -}}
{{- end -}}
{{- if and .Values.config.file (eq .Values.config.delivery "env") -}}
{{- fail "\n\nconfig.file names a file, and config.delivery is env. Set config.delivery=file.\n" -}}
{{- end -}}
{{- if and .Values.externalSecret.enabled (not (and .Values.externalSecret.secretStoreRef.name .Values.externalSecret.remoteRef.key)) -}}
{{- fail "\n\nexternalSecret needs secretStoreRef.name and remoteRef.key: where to read, and what.\n" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- fail "\n\nserviceMonitor and podMonitor are both enabled: every wallet would be scraped twice. Disable one.\n" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.service.enabled) -}}
{{- fail "\n\nserviceMonitor needs the Service. Set service.enabled=true, or use podMonitor.\n" -}}
{{- end -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if and $budget.enabled (not (kindIs "invalid" $budget.maxUnavailable)) (not (kindIs "invalid" $budget.minAvailable)) -}}
{{- fail "\n\npodDisruptionBudget has both maxUnavailable and minAvailable. Kubernetes takes one: set the other to null.\n" -}}
{{- end -}}
{{- if and .Values.caBundle.configMap .Values.caBundle.secret -}}
{{- fail "\n\ncaBundle names a ConfigMap and a Secret. Keep one.\n" -}}
{{- end -}}
{{- if and .Values.webConfig.tls (not .Values.webConfig.existingSecret) -}}
{{- fail "\n\nwebConfig.tls is true, but webConfig.existingSecret names no Secret with the certificate.\n" -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.extraEnv -}}
{{- if has .name $names -}}
{{- fail (printf "\n\nextraEnv has %s twice. Keep one.\n" .name) -}}
{{- end -}}
{{- if has .name (list "METRICS_PORT" "WEB_LISTEN_ADDRESS") -}}
{{- fail (printf "\n\nextraEnv sets %s, which probes, Service and monitors would not follow. Set ports.metrics.\n" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- if and (eq .Values.service.clusterIP "None") (ne .Values.service.type "ClusterIP") -}}
{{- fail (printf "\n\nservice.clusterIP is None, which a Service of type %s cannot have. Take one of them out.\n" .Values.service.type) -}}
{{- end -}}
{{- $interval := include "wallet-balance-exporter.intervalSeconds" . | int64 -}}
{{- if or (le $interval 0) (gt $interval 2073600) -}}
{{- fail (printf "\n\nconfig.checkInterval.seconds is %q. Use whole seconds from 1, or a time with a unit such as 15s or 5m; at most 24 days.\n" (include "wallet-balance-exporter.interval" .)) -}}
{{- end -}}
{{- $staleAfter := include "wallet-balance-exporter.plain" .Values.config.staleAfter | trim -}}
{{- $stale := include "wallet-balance-exporter.seconds" $staleAfter | int64 -}}
{{- if and $staleAfter (not (regexMatch "^0+[a-z]*$" $staleAfter)) (le $stale $interval) -}}
{{- fail (printf "\n\nconfig.staleAfter is %q, and checks are %d seconds apart: balances would be withdrawn before they are read again.\nMake it longer, or \"0\" for never.\n" $staleAfter $interval) -}}
{{- end -}}
{{- include "wallet-balance-exporter.checkAlerts" . -}}
{{- end -}}

{{/* Images of the original have no program of this one: Python's, by its name or its tags, and one made for its chart 1.x. */}}
{{- define "wallet-balance-exporter.checkImage" -}}
{{- $repository := toString (default "" (.Values.image).repository) -}}
{{- $tag := include "wallet-balance-exporter.imageTag" . -}}
{{- $isPython := or (regexMatch "(^|/)python[^/]*$" $repository) (regexMatch "^3(\\.([6-9]|[12][0-9])(\\.[0-9]+)?)?(-?rc[0-9]*)?(-[a-z][a-z0-9.-]*)?$|^(slim|alpine|bookworm|bullseye|trixie)([0-9.-]|$)" $tag) -}}
{{- $isOld := regexMatch "^v?[01](\\.[0-9]+){0,2}([-_].*)?$" $tag -}}
{{- if and (or $isPython $isOld) (not (and (.Values.image).digest (not (contains "python" $repository)))) -}}
{{- fail (printf "\n\nimage.repository is %q and image.tag %q: that is an image of the original chart, which has no program of this one.\nIt comes with --reuse-values or from your values file. Take image.repository and image.tag out of your values,\nand upgrade with --reset-then-reuse-values, or with -f and all your values. An image of this program under a tag of your\nown is taken by its image.digest.\n" $repository $tag) -}}
{{- end -}}
{{- if not (regexMatch "^([^\\s:@/]+(:[0-9]+/)?[^\\s:@]*)?$" $repository) -}}
{{- fail (printf "\n\nimage.repository is %q. It has no tag: write that into image.tag.\n" $repository) -}}
{{- end -}}
{{- end -}}
