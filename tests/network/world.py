"""The process inside the network namespace: `python world.py FOLDER`, driven by JSON lines.

Sets up the loopback device with addresses of every kind, puts a hosts file and a list of trusted
authorities of its own over the machine's (in a mount namespace: nobody else sees them), serves the
small YouTube on the global addresses and listens on the others, and records where every TCP and UDP
packet goes. Then it runs what each line asks for, in child processes of its own:

- `{"fetch": LINK, "hosts": {NAME: [ADDRESS, ...]}, "then_hosts": {...}, "redirect": URL, ...}`
- `{"command": [ARGUMENT, ...], "hosts": ...}`: a program, with its output
- `{"probe": ADDRESS}`: one connection, to see that the recorder sees it
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import ipaddress
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import certifi
import trustme
from aiohttp import web

from atl_core.audio import youtube
from atl_core.errors import UserError
from tests.network.small_youtube import MEDIA, SITE, SmallYouTube

GLOBAL = ("142.250.74.46", "2a00:1450:4001:81b::200e")
OTHERS = (
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "127.0.0.1",
    "::1",
    "fd00::1",
    "fd00:ec2::254",
    "fec0::1",
    "2002:a00:1::1",
    "64:ff9b::a00:1",
)
"""Addresses of this machine that nothing may reach. A mapped or an unspecified address arrives
at the IPv4 address or at loopback."""
MS_BIND = 4096
SIOCSIFADDR, SIOCSIFNETMASK, SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8916, 0x891C, 0x8913, 0x8914
IFF_UP = 1
ETH_P_ALL = 3
IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
MARK = 9
"""The discard port: a packet there says that everything sent before has been recorded."""


def add_address(address: str, alias: int) -> None:
    """Give the loopback device one more address, by the ioctls that need no program."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            fcntl.ioctl(s, SIOCSIFADDR, ip.packed + struct.pack("II", 128, 1))
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        name = f"lo:{alias}".encode()
        for request, value in ((SIOCSIFADDR, ip.packed), (SIOCSIFNETMASK, b"\xff\xff\xff\xff")):
            fcntl.ioctl(s, request, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, value))


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        flags = struct.unpack("16sH", fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sH", b"lo", 0)))
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH", b"lo", flags[1] | IFF_UP))


def put_over(path: Path, text: bytes, folder: Path) -> Path:
    """Show `text` where `path` is, to this namespace alone. Returns the file that is shown."""
    shown = folder / path.name
    shown.write_bytes(text)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(os.fsencode(shown), os.fsencode(path.resolve()), None, MS_BIND, None):
        raise OSError(ctypes.get_errno(), f"cannot put a file over {path}")
    return shown


class Recorder(threading.Thread):
    """Every TCP and UDP packet on the loopback device: where it went."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.went: set[str] = set()
        self.marked = threading.Event()

    def run(self) -> None:
        while True:
            packet, where = self.socket.recvfrom(65_535)
            if where[1] == IPV4 and packet[9] in (TCP, UDP):
                to, start = ipaddress.ip_address(packet[16:20]), 4 * (packet[0] & 15)
            elif where[1] == IPV6 and packet[6] in (TCP, UDP):
                to, start = ipaddress.ip_address(packet[24:40]), 40
            else:
                continue
            if struct.unpack_from("!H", packet, start + 2)[0] == MARK:
                self.marked.set()
            else:
                self.went.add(str(to))

    def since_last(self) -> list[str]:
        """Where packets went since the last call; waits until all of them are recorded."""
        self.marked.clear()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"", (GLOBAL[0], MARK))
        self.marked.wait()
        went, self.went = sorted(self.went), set()
        return went


class World:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = SmallYouTube()
        raise_loopback()
        for number, address in enumerate((*GLOBAL, *OTHERS)):
            if not ipaddress.ip_address(address).is_loopback:
                add_address(address, number)
        authority = trustme.CA()
        trusted = Path(certifi.where()).read_bytes() + authority.cert_pem.bytes()
        put_over(Path(certifi.where()), trusted, folder)
        self.hosts = put_over(Path("/etc/hosts"), b"", folder)
        # A name that is not in the hosts file is asked for at an address where nobody answers.
        put_over(Path("/etc/resolv.conf"), f"nameserver {GLOBAL[0]}\n".encode(), folder)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(SITE, MEDIA, *GLOBAL).configure_cert(tls)
        self.serve(tls)
        self.recorder = Recorder()
        self.recorder.start()

    def serve(self, tls: ssl.SSLContext) -> None:
        loop = asyncio.new_event_loop()

        async def start() -> None:
            runner = web.AppRunner(self.site.app)
            await runner.setup()
            for address in (*GLOBAL, *OTHERS):
                # The others would answer if they were asked.
                await web.TCPSite(runner, address, 443, ssl_context=tls).start()
                await web.TCPSite(runner, address, 80).start()

        loop.run_until_complete(start())
        threading.Thread(target=loop.run_forever, daemon=True).start()

    def resolve(self, names: dict[str, list[str]]) -> None:
        self.hosts.write_text(
            "".join(f"{to} {name}\n" for name, where in names.items() for to in where)
        )

    def do(self, task: dict[str, Any]) -> dict[str, Any]:
        everything = {SITE: list(GLOBAL), MEDIA: list(GLOBAL)}
        self.resolve(everything | task.get("hosts", {}))
        self.site.redirect = task.get("redirect", "")
        self.site.page_redirect = task.get("page_redirect", "")
        then = task.get("then_hosts")
        self.site.on_page = lambda: self.resolve(everything | then) if then else None
        self.site.asked.clear()
        self.recorder.since_last()
        if "probe" in task:
            with socket.create_connection((task["probe"], 443)):
                answer: dict[str, Any] = {}
        elif "command" in task:
            done = subprocess.run(task["command"], capture_output=True, text=True, check=False)
            answer = {"status": done.returncode, "out": done.stdout, "err": done.stderr}
        else:
            answer = fetch(task["fetch"])
        return answer | {"went": self.recorder.since_last(), "asked": list(self.site.asked)}


def fetch(link: str) -> dict[str, Any]:
    """The function that production calls, with nothing but what production gives it."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            got = youtube.fetch(link, Path(folder), max_seconds=900, max_megabytes=25)
        except UserError as error:
            return {"refused": str(error)}
        return {"title": got.title, "bytes": got.path.stat().st_size}


def main() -> None:
    folder = Path(sys.argv[1])
    if sys.argv[2:] == ["--without"]:
        # No device is up, no name resolves: a machine without a network.
        put_over(Path("/etc/hosts"), b"", folder)
        print(json.dumps(fetch(sys.stdin.readline().strip())), flush=True)
        return
    world = World(folder)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(world.do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
