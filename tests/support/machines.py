"""A new Debian machine: made by debootstrap, run by its own systemd in namespaces of its own.

It has its own processes, mounts, host name and network, in which there is nothing but the loopback:
its ports are nobody else's. Packages it fetches through a proxy of this process, from where this
machine has them. What is not as on a machine of iron: the kernel is this one's, no name is known
outside, and the clock is this one's.
"""

import ctypes
import os
import select
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.support.servers import ROOT, wait_for

RELEASE = "bookworm"
BASE = ROOT / "var" / "debian" / f"{RELEASE}.tar"
"""The machine as debootstrap made it, kept for the next run; `rm` it to have it made anew."""
PROXY = 3128
_TOOLS = ("debootstrap", "unshare", "nsenter", "ip")
_APART = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup")
_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_CLONE_NEWNET = 0x40000000
_BOOT = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for each in run tmp dev; do mount -t tmpfs -o mode=755 tmpfs $each; done
chmod 1777 tmp
for each in null zero full random urandom tty; do
    touch dev/$each
    mount --bind /dev/$each dev/$each
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ip link set lo up
mkdir -p old
pivot_root . old
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
    sh -c 'umount -l /old && exec /lib/systemd/systemd --log-target=null'
"""


def lacking() -> str | None:
    """Why no such machine can be made here, or None when it can."""
    absent = [name for name in _TOOLS if shutil.which(name) is None]
    if absent:
        return f"there is no program {', '.join(absent)}"
    if os.geteuid() != 0:
        return "only root can make a machine"
    tried = subprocess.run(["unshare", "--fork", *_APART, "true"], capture_output=True, check=False)
    return tried.stderr.decode().strip() or "no namespaces" if tried.returncode else None


class Machine:
    """A Debian machine."""

    def __init__(self, root: Path, cgroup: Path) -> None:
        self.root = root
        self._cgroup = cgroup
        self._process: subprocess.Popen[bytes] | None = None
        self._proxy: _Proxy | None = None

    def start(self) -> None:
        """Switch it on, and return when its systemd has started what it starts."""
        self._cgroup.mkdir(exist_ok=True)
        # systemd takes the cgroup in which it starts for its own.
        enter = f'echo $$ > "{self._cgroup}/cgroup.procs"; exec "$@"'
        apart = ["unshare", "--fork", "--kill-child", *_APART]
        boot = ["sh", "-c", _BOOT, "boot", str(self.root)]
        process = subprocess.Popen(["sh", "-c", enter, "enter", *apart, *boot])
        self._process = process
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        wait_for(lambda: bool(children.read_text().split()))
        self.pid = int(children.read_text().split()[0])
        # Until then its folders are those of this machine.
        wait_for(lambda: Path(f"/proc/{self.pid}/comm").read_text() == "systemd\n")
        self._proxy = _Proxy(self.pid)
        wait_for(lambda: self._state() in ("running", "degraded"), 100)
        assert self._state() == "running", self.run("systemctl", "--failed").stdout.decode()

    def _state(self) -> str:
        return self.run("systemctl", "is-system-running").stdout.decode().strip()

    def stop(self) -> None:
        """Switch it off as one does: whatever runs on it is stopped in its order."""
        self.run("systemctl", "poweroff")
        if self._process is not None:
            self._process.wait(timeout=100)
        self.kill()

    def kill(self) -> None:
        """End everything on it at once."""
        if self._proxy is not None:
            self._proxy.shut()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        _forget(self._cgroup)

    def run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command of its own as root, and give what came of it."""
        return subprocess.run(self.inside(*command), capture_output=True, check=False)

    def inside(self, *command: str) -> list[str]:
        """The command that runs a command there."""
        clean = ["env", "-i", "HOME=/root", "PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"]
        quiet = ["DEBIAN_FRONTEND=noninteractive", "LANG=C.UTF-8"]
        return ["nsenter", "--target", str(self.pid), "--all", *clean, *quiet, *command]


class Shell:
    """A shell of root on such a machine, which runs one script after the other."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._process = subprocess.Popen(
            machine.inside("bash", "-e"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, name: str, script: str) -> str:
        """Run it in this shell, in which values stay; give what it said. Raises AssertionError."""
        (self.machine.root / "root" / name).write_text(f"set -x\n{script}")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(
            f". ~/{name} </dev/null; {{ set +x; }} 2>&-; printf '\\036'\n".encode()
        )
        self._process.stdin.flush()
        said = bytearray()
        while not said.endswith(b"\036"):
            more = self._process.stdout.read1()  # type: ignore[attr-defined]  # it is buffered
            assert more, f"{name} failed:\n{said.decode(errors='replace')[-6000:]}{self._journal()}"
            said += more
        return said[:-1].decode(errors="replace")

    def _journal(self) -> str:
        """What services said last."""
        told = self.machine.run("journalctl", "--no-pager", "--lines=60")
        return told.stdout.decode(errors="replace")

    def close(self) -> None:
        """Leave it."""
        self._process.communicate(b"exit\n", timeout=20)


@contextmanager
def new_machine(folder: Path) -> Iterator[Machine]:
    """A machine on which nothing is installed yet, started; it ends with the test."""
    root = folder / "machine"
    root.mkdir()
    if not BASE.exists():
        _make_base(root)
    subprocess.run(["tar", "-xf", BASE, "-C", root], check=True)
    machine = Machine(root, _cgroups() / f"octavo-test-{os.getpid()}")
    try:
        machine.start()
        yield machine
    finally:
        machine.kill()


def _make_base(root: Path) -> None:
    """Have debootstrap make it, with the sources and the ways to them that this machine has."""
    mirror = _mirror()
    made = root.with_name("base")
    command = ["debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus,adduser"]
    subprocess.run([*command, RELEASE, made, *mirror], check=True, stdout=subprocess.DEVNULL)
    if mirror:
        (made / "etc/apt/sources.list").unlink()
        for file in Path("/etc/apt").glob("sources.list*/**/*.sources"):
            shutil.copy(file, made / "etc/apt/sources.list.d")
        for file in (
            Path("/etc/apt/sources.list"),
            *Path("/etc/apt/sources.list.d").glob("*.list"),
        ):
            if file.exists():
                shutil.copy(file, made / "etc/apt" / file.relative_to("/etc/apt"))
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True)
    known = [line for line in dump.stdout.splitlines() if line.startswith("Acquire::")]
    ours = f'Acquire::http::Proxy "http://127.0.0.1:{PROXY}";\n'
    (made / "etc/apt/apt.conf.d/zz-test").write_text("\n".join([*known, ours]))
    # What is lost when the power fails matters to nobody here.
    (made / "etc/dpkg/dpkg.cfg.d/zz-test").write_text("force-unsafe-io\n")
    (made / "etc/pip.conf").write_text(_of_pip())
    if _CERTIFICATES.is_dir():
        shutil.copytree(_CERTIFICATES, made / str(_CERTIFICATES)[1:], dirs_exist_ok=True)
    BASE.parent.mkdir(parents=True, exist_ok=True)
    part = BASE.with_suffix(".part")
    with tarfile.open(part, "w") as archive:
        archive.add(made, ".")
    part.replace(BASE)
    shutil.rmtree(made)


def _mirror() -> list[str]:
    """Where this machine has its packages from, when it is of the same release."""
    asked = ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    known = dict(line.split(maxsplit=1) for line in reversed(told))
    return [known[RELEASE]] if RELEASE in known else []


def _of_pip() -> str:
    """How pip finds its packages there: as here, through the proxy."""
    asked = ["python3", "-m", "pip", "config", "list"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    known = {line.partition("=")[0]: line.partition("=")[2].strip("'\"") for line in told}
    lines = [
        f"{name} = {known[f'{where}.{name}']}"
        for name in ("index-url", "cert", "trusted-host")
        for where in ("global", ":env:")
        if f"{where}.{name}" in known
    ]
    unique = sorted({line.partition(" ")[0]: line for line in lines}.values())
    return "\n".join(["[global]", *unique, f"proxy = http://127.0.0.1:{PROXY}", ""])


def _cgroups() -> Path:
    """The folder in which version 2 of the kernel's groups of processes is mounted."""
    mounted = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return next(Path(where) for _, where, kind, *_ in mounted if kind == "cgroup2")


def _forget(cgroup: Path) -> None:
    """Take away the groups that a systemd has made; those of ended processes go a moment later."""
    deadline = time.monotonic() + 10
    while cgroup.exists() and time.monotonic() < deadline:
        for folder, _, _ in os.walk(cgroup, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()
        time.sleep(0.05)


class _Proxy(ThreadingHTTPServer):
    """Listens in the network of a machine and asks in that of this process."""

    daemon_threads = True

    def __init__(self, pid: int) -> None:
        super().__init__(("127.0.0.1", PROXY), _Passing, bind_and_activate=False)
        self.socket.close()
        with ThreadPoolExecutor(1) as apart:
            self.socket = apart.submit(_listening, pid).result()
        self._thread = Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def shut(self) -> None:
        """Listen no longer."""
        self.shutdown()
        self._thread.join()
        self.server_close()


def _listening(pid: int) -> socket.socket:
    """A socket that listens in the network of a process; only this thread goes there for it."""
    with Path(f"/proc/{pid}/ns/net").open() as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    return socket.create_server(("127.0.0.1", PROXY))


class _Passing(BaseHTTPRequestHandler):
    """Passes a request on, as proxies do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Ask for a file over HTTP, and pass on what comes."""
        parts = urlsplit(self.path)
        asked = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
        target = parts._replace(scheme="", netloc="").geturl()
        headers = {name: value for name, value in self.headers.items() if "onnection" not in name}
        asked.request("GET", target, headers=headers)
        answer = asked.getresponse()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "keep-alive", "transfer-encoding"):
                self.send_header(name, value)
        if answer.getheader("Content-Length") is None and answer.status != 304:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        shutil.copyfileobj(answer, self.wfile)
        asked.close()

    def do_CONNECT(self) -> None:
        """Pass bytes on, both ways, until one side ends."""
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=60) as far:
            self.send_response_only(200)
            self.end_headers()
            ends = {self.connection: far, far: self.connection}
            while True:
                for one in select.select(list(ends), [], [])[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    ends[one].sendall(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
