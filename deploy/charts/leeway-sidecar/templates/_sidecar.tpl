{{/*
For the chart of a service, which calls them with its own context: initContainers gets the container, volumes the volumes,
the Pod's labels and annotations podLabels and podAnnotations, its securityContext podSecurityContext; configMap is a
document of its own, empty without `config`.
*/}}

{{- define "leeway-sidecar.values" -}}
{{- $values := index .Values "leeway-sidecar" -}}
{{- if not $values -}}
{{- fail "leeway-sidecar: no values below the key leeway-sidecar; the dependency must not have an alias" -}}
{{- end -}}
{{- if and $values.config $values.existingConfigMap -}}
{{- fail "leeway-sidecar: config and existingConfigMap exclude each other" -}}
{{- end -}}
{{- toYaml $values -}}
{{- end -}}

{{- define "leeway-sidecar.configMapName" -}}
{{- $values := fromYaml (include "leeway-sidecar.values" .) -}}
{{- if $values.config -}}
{{- printf "%s-leeway" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- required "leeway-sidecar: config or existingConfigMap is required" $values.existingConfigMap -}}
{{- end -}}
{{- end -}}

{{- define "leeway-sidecar.configMap" -}}
{{- $values := fromYaml (include "leeway-sidecar.values" .) -}}
{{- if $values.config }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "leeway-sidecar.configMapName" . }}
  namespace: {{ .Release.Namespace }}
data:
  leeway.toml: |
    {{- $values.config | trimSuffix "\n" | nindent 4 }}
{{- end }}
{{- end -}}

{{- define "leeway-sidecar.podLabels" -}}
leeway: sidecar
{{- end -}}

{{- define "leeway-sidecar.podAnnotations" -}}
{{- $values := fromYaml (include "leeway-sidecar.values" .) -}}
{{- if and $values.config (not $values.configWatch) -}}
checksum/leeway-config: {{ sha256sum $values.config }}
{{- end -}}
{{- end -}}

{{- define "leeway-sidecar.podSecurityContext" -}}
{{- $values := fromYaml (include "leeway-sidecar.values" .) -}}
{{- toYaml $values.podSecurityContext -}}
{{- end -}}

{{- define "leeway-sidecar.image" -}}
{{- $image := .image -}}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .version }}{{ end -}}
{{- end -}}

{{/* Helm does not enforce the kubeVersion of a library: older clusters would wait for the agent to end. */}}
{{- define "leeway-sidecar.container" -}}
{{- $values := fromYaml (include "leeway-sidecar.values" .) -}}
{{- if semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version -}}
{{- fail (printf "leeway-sidecar: native sidecars need Kubernetes 1.29, this is %s" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
- name: leeway
  image: {{ include "leeway-sidecar.image" (dict "image" $values.image "version" "0.1.0") | quote }}
  imagePullPolicy: {{ $values.image.pullPolicy }}
  restartPolicy: Always
  args:
    - run
    - --config.file=/etc/leeway/leeway.toml
    - --state.dir=/var/lib/leeway
    - --web.listen-address=:9464
    - --shutdown.linger={{ $values.shutdownLinger }}
    {{- if $values.configWatch }}
    - --config.watch
    {{- end }}
    {{- with $values.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - name: leeway-metrics
      containerPort: 9464
  startupProbe:
    httpGet:
      path: /-/healthy
      port: leeway-metrics
    periodSeconds: 1
    failureThreshold: 30
  livenessProbe:
    httpGet:
      path: /-/healthy
      port: leeway-metrics
    timeoutSeconds: 5
    failureThreshold: 6
  resources:
    {{- toYaml $values.resources | nindent 4 }}
  securityContext:
    {{- toYaml $values.securityContext | nindent 4 }}
  volumeMounts:
    - name: leeway-config
      mountPath: /etc/leeway
      readOnly: true
    - name: leeway-state
      mountPath: /var/lib/leeway
    - name: {{ $values.logs.volume }}
      mountPath: {{ $values.logs.mountPath }}
      readOnly: true
    {{- with $values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "leeway-sidecar.volumes" -}}
{{- $values := fromYaml (include "leeway-sidecar.values" .) -}}
- name: leeway-config
  configMap:
    name: {{ include "leeway-sidecar.configMapName" . }}
- name: leeway-state
  emptyDir:
    sizeLimit: {{ $values.state.sizeLimit }}
{{- end -}}
