{{/*
Puts the default in the place of every value that was set to null, and of nothing in another form, such as {} for a
list. Every template asks for it, with the checks, before it looks at a value. Null keeps its meaning for what can be taken away: probes, limits, annotations, security contexts.
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
