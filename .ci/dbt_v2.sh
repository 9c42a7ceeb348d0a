#!/usr/bin/env bash
# Does the dbt project in the current folder build on dbt v2? Exit 0 says yes.
#
#     .ci/dbt_v2.sh WAREHOUSE_FILE
#
# WAREHOUSE_FILE is a DuckDB warehouse that `homespun load` filled; it is only read. The build has
# a file of its own, target/dbt_v2/, made from the raw schema in the format of DuckDB 1.5, because
# v2's driver cannot open the format of DuckDB 2. The project is built twice, since an incremental
# model takes another road the second time, and a warning is a failure.
# PYTHON names the Python that has the project's DuckDB (.venv/bin/python, else python3), and
# DBT_V2 another release to try: DBT_V2=dbt takes the newest, whose package downloads its program.
set -euo pipefail

dbt_v2=${DBT_V2:-dbt==2.0.0rc196}       # the last release whose wheel holds the program
driver=@duckdb/node-bindings-linux-x64  # holds libduckdb.so
driver_version=1.5.6-r.1

fail() {
    echo "dbt_v2: $*" >&2
    exit 2
}

[[ $# -eq 1 && -f ${1:-} ]] || fail "usage: .ci/dbt_v2.sh WAREHOUSE_FILE"
[[ -f dbt_project.yml ]] || fail "no dbt_project.yml in $PWD"
[[ $(uname -sm) == "Linux x86_64" ]] || fail "the driver is pinned for Linux on x86-64 only"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv-dbt-v2
python=${PYTHON:-$root/.venv/bin/python}
[[ -x $python || -n ${PYTHON:-} ]] || python=python3
warehouse=$(realpath "$1")
work=$PWD/target/dbt_v2
log=$work/build.log

install_dbt_v2() {
    local wanted="$dbt_v2 $driver@$driver_version"
    [[ $(cat "$venv/installed" 2>/dev/null) == "$wanted" ]] && return

    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check "$dbt_v2"
    (cd "$venv" && npm pack --silent "$driver@$driver_version" | xargs tar -xzf)
    cat >"$venv/duckdb.toml" <<TOML
manifest_version = 1
name = "DuckDB"
version = "$driver_version"

[ADBC]
version = "1.1.0"

[Driver]
entrypoint = "duckdb_adbc_init"

[Driver.shared]
linux_amd64 = "$venv/package/libduckdb.so"
TOML
    rm -f "$venv"/*.tgz
    echo "$wanted" >"$venv/installed"
}

copy_raw_tables() {
    "$python" - "$warehouse" "$HOMESPUN_DUCKDB_PATH" <<'PYTHON'
import sys

import duckdb

source, target = (path.replace("'", "''") for path in sys.argv[1:])
with duckdb.connect() as connection:
    connection.execute(f"attach '{source}' as source (read_only)")
    connection.execute(f"attach '{target}' as target (storage_version 'v1.5.0')")
    connection.execute("create schema target.raw")
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'source' and schema_name = 'raw'"
    ).fetchall()
    if not tables:
        sys.exit(f"{sys.argv[1]} has no raw tables: run `homespun load` first")
    for (table,) in tables:
        name = '"' + table.replace('"', '""') + '"'
        connection.execute(f"create table target.raw.{name} as from source.raw.{name}")
PYTHON
}

dbt() {
    ADBC_DRIVER_PATH=$venv "$venv/bin/dbt" "$@" --warn-error --show-all-deprecations
}

build_twice() {
    { [[ ! -f packages.yml ]] || dbt deps; } && dbt build && dbt build
}

rm -rf "$work"
mkdir -p "$work"
export HOMESPUN_DUCKDB_PATH=$work/${warehouse##*/}
export DBT_TARGET_PATH=$work/target DBT_LOG_PATH=$work/logs DO_NOT_TRACK=1

install_dbt_v2
copy_raw_tables
if ! build_twice >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
summary=$(grep '^Summary:' "$log" | tail -1) || fail "nothing was built: see $log"
echo "$("$venv/bin/dbt" --version) builds this project. $summary"
