"""A real RTSP server for tests: Debian's GStreamer pays an H.264 recording out in real time.

    /usr/bin/python3 tests/rtsp/serve.py FILE.mp4 --port 0 [--path /cam] [--user U --password P] [--loop]

Prints the bound port as one line and serves until killed. Each client gets the recording from its beginning unless
--loop is given: then one camera's worth of it runs on and on, shared by all. Only the standard library and Debian's
`gi` are used, so that it runs outside the project's environment.
"""

import argparse
import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def factory(file, loop):
    """The recording as a stream: `identity sync` holds it to its own clock, `multifilesrc` makes it endless."""
    made = GstRtspServer.RTSPMediaFactory()
    source = f'multifilesrc location="{file}" loop=true' if loop else f'filesrc location="{file}"'
    demuxer = "tsdemux" if loop else "qtdemux"
    made.set_launch(f"( {source} ! {demuxer} ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 )")
    made.set_shared(loop)
    return made


def with_password(server, made, user, password):
    """Basic authentication: only `user` may see and play the stream, anybody else gets 401."""
    auth = GstRtspServer.RTSPAuth()
    role = GstRtspServer.RTSPToken()
    role.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), role)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    made.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--port", default="0")
    parser.add_argument("--path", default="/cam")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--loop", action="store_true", help="endless; FILE is then MPEG-TS")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    made = factory(Path(options.file).resolve(), options.loop)
    if options.user:
        with_password(server, made, options.user, options.password or "")
    server.get_mount_points().add_factory(options.path, made)
    if not server.attach(None):
        sys.exit(f"port {options.port} cannot be bound")
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


main()
