{{- define "culprit.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels that never change: what selects pods. */}}
{{- define "culprit.selector" -}}
app.kubernetes.io/name: culprit
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "culprit.labels" -}}
{{ include "culprit.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* A pod that runs `culprit …`. In: root, component, args, resources, volumes, mounts. */}}
{{- define "culprit.pod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "culprit.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    checksum/config: {{ toYaml $values.config | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "culprit.name" .root }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 30
  {{- with $values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: culprit
      image: "{{ $values.image.repository }}:{{ $values.image.tag | default .root.Chart.AppVersion }}"
      imagePullPolicy: {{ $values.image.pullPolicy }}
      {{- /* Within the cluster the network policy says who reaches it; behind an ingress it does not start without tokens. */}}
      {{- $open := ternary (list) (list "--insecure") (or (.isJob | default false) $values.ingress.enabled) }}
      args: {{ concat .args $open (list "--config" "/etc/culprit/culprit.yaml") | toJson }}
      {{- with $values.secretName }}
      envFrom:
        - secretRef: { name: {{ . }} }
      {{- end }}
      {{- if not .isJob }}
      ports:
        - { name: http, containerPort: 8080 }
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 10
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 5
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 5
        failureThreshold: 60
      {{- end }}
      {{- with .resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: config, mountPath: /etc/culprit, readOnly: true }
        - { name: tmp, mountPath: /tmp }
        - { name: data, mountPath: /data }
  volumes:
    - name: config
      configMap: { name: {{ include "culprit.name" .root }} }
    - name: tmp
      emptyDir: {}
    {{- if not .isDataClaimed }}
    - name: data
      emptyDir: {}
    {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
