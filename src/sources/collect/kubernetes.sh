
# Kubernetes: the cluster of kubectl's current context. Values of secrets are not asked to stay: they are dropped here.
collect_kubernetes() {
    need kubectl Kubernetes || return 0
    need jq Kubernetes || return 0
    local below kinds id arn
    if [ -z "$cluster" ]; then
        cluster=$(names kubectl config current-context)
        cluster=${cluster##*/}
    fi
    if [ -z "$cluster" ]; then
        failed=$((failed + 1))
        say "not collected: Kubernetes: no context is chosen"
        return 0
    fi
    below=kubernetes/$cluster
    for kinds in roles,clusterroles,rolebindings,clusterrolebindings serviceaccounts,namespaces,nodes pods \
        deployments,daemonsets,statefulsets,replicasets,replicationcontrollers,jobs,cronjobs; do
        save "$below/${kinds%%,*}.json" kubectl get "$kinds" -A -o json
    done
    save "$below/secrets.json" kubernetes_secrets
    maybe "$below/aws-auth.json" kubectl get configmap aws-auth -n kube-system -o json
    save "$below/openid-configuration.json" kubectl get --raw /.well-known/openid-configuration
    command -v aws > /dev/null || return 0
    if ! aws eks describe-cluster --name "$cluster" --output json > "$work/answer" 2> "$work/errors"; then
        say "what EKS says of $cluster is not collected: no cluster of that name, or no login"
        return 0
    fi
    eks() { aws eks "$@" --cluster-name "$cluster"; }
    save "$below/eks/describe-cluster.json" aws eks describe-cluster --name "$cluster" --output json
    for id in $(names eks list-pod-identity-associations --query 'associations[].associationId' --output text); do
        save "$below/eks/association-$id.json" eks describe-pod-identity-association --association-id "$id" --output json
    done
    for arn in $(names eks list-access-entries --query 'accessEntries[]' --output text); do
        save "$below/eks/entry-${arn##*/}.json" eks describe-access-entry --principal-arn "$arn" --output json
        save "$below/eks/policies-${arn##*/}.json" eks list-associated-access-policies --principal-arn "$arn" --output json
    done
}

# No value of a secret is written anywhere.
kubernetes_secrets() {
    kubectl get secrets -A -o json | jq 'del(.items[].data, .items[].stringData, .items[].metadata.managedFields,
        .items[].metadata.annotations."kubectl.kubernetes.io/last-applied-configuration")'
}
collect_kubernetes
