# What the scripts here have in common: the official SDKs as pinned, and the double on a socket.
# It wants `here`, this directory, and bash.

root=$(cd "$here/../../.." && pwd)
target=$(cd "$root" && mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
sdk=$target/sdk
python=$sdk/python/bin/python

# The SDKs would read a key from the environment, and their HTTP libraries a proxy.
unset ORQ_API_KEY ORQ_BASE_URL ORQ_ENVIRONMENT ORQ_CONTACT_ID
export NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}" no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}"
# No compiled Python beside the sources.
export PYTHONDONTWRITEBYTECODE=1

# Installs both SDKs under the target directory, unless these versions are there already.
install_sdks() {
    mkdir -p "$sdk/node"
    if ! cmp -s "$here/requirements.txt" "$sdk/python/requirements.txt"; then
        rm -rf "$sdk/python"
        python3 -m venv "$sdk/python"
        "$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
        cp "$here/requirements.txt" "$sdk/python/"
    fi
    if ! cmp -s "$here/package-lock.json" "$sdk/node/installed.json"; then
        rm -f "$sdk/node/installed.json"
        cp "$here/package.json" "$here/package-lock.json" "$sdk/node/"
        # Without the peer dependency, LangChain, which only another entry point of the SDK uses.
        (cd "$sdk/node" && npm ci --omit=peer --ignore-scripts --no-audit --no-fund)
        cp "$here/package-lock.json" "$sdk/node/installed.json"
    fi
    # Node looks for packages beside the script, so the scripts go where the packages are.
    cp "$here"/*.mjs "$sdk/node/"
}

# Starts the program given as the double, sets `url`, and stops it at the end of the script.
start_fake() {
    exec {fake_output}< <(exec "$1" 2>"$sdk/fake-orq.log")
    fake=$!
    trap 'kill "$fake" 2>/dev/null || true' EXIT
    local line
    read -r -t 60 -u "$fake_output" line
    url=${line#listening on }
    [ "$url" != "$line" ]
}
