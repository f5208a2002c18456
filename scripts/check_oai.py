"""Let the OAI-PMH validator of openarchives.org judge a node with the demonstration's data: python scripts/check_oai.py FOLDER

FOLDER is a copy of github.com/zimeon/oaipmh-validator, which is not part of this project. Prints what it says; exit status 1 where
it finds a fault or does not come to its end, 2 where something it needs is missing.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

# Perl module -> Debian package
NEEDED = {
    "Class::Accessor::Fast": "libclass-accessor-perl", "Date::Manip": "libdate-manip-perl", "Data::UUID": "libdata-uuid-perl",
    "LWP::UserAgent": "libwww-perl", "LWP::Protocol::https": "liblwp-protocol-https-perl", "JSON": "libjson-perl",
    "Try::Tiny": "libtry-tiny-perl", "URI::Escape": "liburi-perl", "XML::DOM": "libxml-dom-perl", "CGI": "libcgi-pm-perl",
}  # fmt: skip
START_SECONDS = 60


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    program = folder / "examples" / "oaipmh-validator.pl"
    missing = [package for module, package in NEEDED.items() if not _perl_has(module)]
    if not program.exists() or missing:
        print(f"{program} is not there" if not program.exists() else f"apt-get install -y {' '.join(missing)}")
        return 2
    with tempfile.TemporaryDirectory(prefix="duijie-oai-") as data, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        home = f"http://127.0.0.1:{port}"
        told = os.environ | {
            "DUIJIE_DATA_DIR": data, "DUIJIE_BASE_URL": home, "DUIJIE_ADMIN_EMAIL": "office@example.org",
        }  # fmt: skip
        duijie = [sys.executable, "-m", "duijie"]
        subprocess.run([*duijie, "demo", "--no-serve", "--port", str(port)], env=told, check=True, capture_output=True)
        web = subprocess.Popen([*duijie, "web", "--port", str(port)], env=told, stdout=subprocess.DEVNULL)
        try:
            _wait_for(f"{home}/healthz")
            return _judged(program, f"{home}/oai/")
        finally:
            web.terminate()
            web.wait(timeout=30)


def _perl_has(module: str) -> bool:
    return subprocess.run(["perl", f"-M{module}", "-e1"], capture_output=True, check=False).returncode == 0


def _wait_for(address: str) -> None:
    """Raises TimeoutError where nothing answers within a minute."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"{address} did not answer within {START_SECONDS} s")


def _judged(program: Path, address: str) -> int:
    command = ["perl", f"-I{program.parent.parent / 'lib'}", str(program), address]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    print(said.stdout, said.stderr)
    complied = said.stdout.rstrip().endswith(f"{address} is COMPLIANT")
    passes, faults = (len(re.findall(rf"^{word}\b", said.stdout, re.MULTILINE)) for word in ("PASS", "FAIL"))
    print(f"{passes} PASS, {faults} FAIL, {'compliant' if complied else 'not compliant'}")
    return 0 if complied and not faults and not said.stderr.strip() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
