"""Ports of this machine that nobody else is given. Knows nothing of what is tested."""
import socket

kept = []


def free_port():
    """A port for one who listens on 127.0.0.1 with SO_REUSEADDR, now and again until we end:
    it stays bound here, so that nobody is given it by the kernel meanwhile."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', 0))
    kept.append(s)
    return s.getsockname()[1]
