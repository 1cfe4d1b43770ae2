#!/bin/sh
# Registers the namespace and the search attributes of Cairn. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are in the environment;
# CAIRN_SEARCH_ATTRIBUTES lists the names.
set -eu
until temporal operator cluster health; do sleep 2; done
temporal operator namespace describe "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --retention 7d "$TEMPORAL_NAMESPACE"
# A new namespace is known to every part of the server only after some seconds.
until known=$(temporal operator search-attribute list); do sleep 2; done
for name in $CAIRN_SEARCH_ATTRIBUTES; do
  case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --name "$name" --type Keyword ;;
  esac
done
echo "namespace $TEMPORAL_NAMESPACE is ready"
