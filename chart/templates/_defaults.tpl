{{/*
Replaces null, and an empty value of another type such as {} for a list, by the default. Included by the checks, before
any value is used. Where null has a meaning it is kept: probes, limits, annotations, security contexts.
*/}}
{{- define "wallet-balance-exporter.fillIn" -}}
{{- $values := index . 0 -}}
{{- range $key, $default := index . 1 -}}
{{- $value := index $values $key -}}
{{- $isNothing := and (empty $value) (or (kindIs "slice" $default) (kindIs "map" $default)) (ne (kindOf $value) (kindOf $default)) -}}
{{- if or (kindIs "invalid" $value) $isNothing -}}
{{- $_ := set $values $key (deepCopy (dict "it" $default)).it -}}
{{- else if and (kindIs "map" $default) (kindIs "map" $value) -}}
{{- include "wallet-balance-exporter.fillIn" (list $value $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}
