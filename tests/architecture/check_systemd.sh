#!/usr/bin/env bash
# The service file is well formed and hardened: exposure at most 1.5 as systemd-analyze counts it.
# Usage: check_systemd.sh [UNIT]
set -euo pipefail

greatest_exposure_tenths=15

check_form() {
    local unit=$1 folder findings
    folder=$(mktemp -d)
    # The daemon need not be installed here, so a program that is there stands in for it.
    sed 's|^ExecStart=/usr/bin/segmentd |ExecStart=/bin/true |' "$unit" >"$folder/segmentd.service"
    findings=$(systemd-analyze verify --man=no "$folder/segmentd.service" 2>&1 | grep 'segmentd\.service' || true)
    rm -r "$folder"
    if [[ -n $findings ]]; then
        printf '%s: systemd-analyze verify says:\n%s\n' "$unit" "$findings" >&2
        return 1
    fi
}

check_exposure() {
    local unit=$1 report
    if ! report=$(systemd-analyze security --no-pager --offline=yes --threshold=$greatest_exposure_tenths "$unit" 2>&1); then
        printf '%s\n%s: more exposed than 1.5\n' "$report" "$unit" >&2
        return 1
    fi
    printf '%s\n' "$report" | grep 'Overall exposure'
}

main() {
    local unit=${1:-$(dirname "${BASH_SOURCE[0]}")/../../systemd/segmentd.service}
    if ! command -v systemd-analyze >/dev/null; then
        echo 'systemd-analyze is missing: ./dev setup test' >&2
        return 1
    fi
    check_form "$unit"
    check_exposure "$unit"
}

main "$@"
