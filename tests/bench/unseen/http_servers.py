"""Servers and proxies of HTTP."""

import random

from . import program
from .program import Program

STATUS = r'" (\d{3}) '


def squid(directory):
    port = program.free_port()
    with program.origin(directory) as origin:
        (directory / "squid.conf").write_text(
            f"http_port 127.0.0.1:{port} accel defaultsite=localhost no-vhost\npid_filename none\ncache_log {directory}/cache.log\n"
            f"cache_peer 127.0.0.1 parent {origin} 0 no-query originserver\nacl secret urlpath_regex ^/users\n"
            f"http_access deny secret\nhttp_access allow all\naccess_log stdio:{directory}/access.log\n"
            "cache_mem 8 MB\nmemory_cache_shared off\ncache_effective_user nobody\n")
        directory.chmod(0o777)
        with program.running(["squid", "-N", "-n", f"unseen{port}", "-f", directory / "squid.conf"], directory, port):
            program.browse(port, 500)
    return directory / "access.log"


def caddy(directory):
    port = program.free_port()
    with program.origin(directory) as origin:
        (directory / "Caddyfile").write_text(
            f"{{\n admin off\n auto_https off\n}}\nhttp://127.0.0.1:{port} {{\n log {{\n  output file {directory}/access.log\n }}\n"
            f" reverse_proxy 127.0.0.1:{origin}\n}}\n")
        with program.running(["caddy", "run", "--config", directory / "Caddyfile", "--adapter", "caddyfile"], directory, port,
                             HOME=str(directory)):
            program.browse(port, 500)
    return directory / "access.log"


def varnish(directory):
    port = program.free_port()
    log = directory / "varnishncsa.log"
    with program.origin(directory) as origin:
        with program.running(["varnishd", "-F", "-n", directory / "work", "-a", f"127.0.0.1:{port}", "-b", f"127.0.0.1:{origin}",
                              "-T", "none", "-j", "none"], directory, port):
            with program.running(["varnishncsa", "-n", directory / "work", "-w", log], directory):
                program.time.sleep(1)
                program.browse(port, 500)
                program.time.sleep(1)
    return log


def uwsgi(directory):
    port = program.free_port()
    (directory / "application.py").write_text(program.APPLICATION)
    with program.running(["uwsgi", "--plugin", "python3", "--http-socket", f"127.0.0.1:{port}", "--wsgi", "application:app",
                          "--processes", "2", "--master", "--die-on-term"], directory, port):
        program.browse(port, 500)
    return directory / "output.log"


def docker_registry(directory):
    port = program.free_port()
    (directory / "config.yml").write_text(
        f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {directory}/data\nhttp:\n  addr: 127.0.0.1:{port}\n")
    with program.running(["docker-registry", "serve", directory / "config.yml"], directory, port):
        chance = random.Random(1)
        for turn in range(150):
            name = f"team/image{turn % 7}"
            program.request(port, f"/v2/{name}/blobs/uploads/", "POST")
            program.request(port, f"/v2/{name}/manifests/{chance.randrange(9)}")
            program.request(port, chance.choice(("/v2/", "/v2/_catalog", "/")))
            program.request(port, f"/v2/{name}/manifests/latest", "PUT", b"{broken",
                            {"Content-Type": "application/vnd.docker.distribution.manifest.v2+json"})
    return directory / "output.log"


def lighttpd(directory):
    port = program.free_port()
    with program.origin(directory) as origin:
        (directory / "lighttpd.conf").write_text(
            f'server.modules = ("mod_accesslog", "mod_proxy")\nserver.port = {port}\nserver.bind = "127.0.0.1"\n'
            f'server.document-root = "{directory}"\naccesslog.filename = "{directory}/access.log"\n'
            f'proxy.server = ("" => (("host" => "127.0.0.1", "port" => {origin})))\n')
        with program.running(["lighttpd", "-D", "-f", directory / "lighttpd.conf"], directory, port):
            program.browse(port, 500)
    return directory / "access.log"


PROGRAMS = [
    Program("squid", "squid", ["squid", "-v"], squid,
            format="template|regex", record=r"^\d+\.\d+ ", number=(r"^\S+ +\d+ \S+ \w+/(\d+) ", "status"), words={"000": "0"},
            time=(r"^(\d+\.\d+) ", "")),
    Program("caddy", "caddy", ["caddy", "version"], caddy,
            format="json", record=r"^\{", number=(r'"status":(\d+)', "status"), time=(r'"ts":([\d.]+)', "")),
    Program("varnishncsa", "varnish", ["varnishd", "-V"], varnish,
            format="access|combined|nginx", record=r".", number=(STATUS, "status"), time=program.ACCESS_TIME),
    Program("lighttpd", "lighttpd", ["lighttpd", "-v"], lighttpd,
            format="access|combined", record=r".", number=(STATUS, "status"), time=program.ACCESS_TIME),
    Program("uwsgi", "uwsgi-plugin-python3", ["uwsgi", "--version"], uwsgi,
            format="template|regex", record=r"^\[pid: ", number=(r"msecs \((?:HTTP/1.\d)? (\d{3})\)", "status"),
            time=(r"\} \[([^\]]+)\]", "%a %b %d %H:%M:%S %Y")),
    Program("docker-registry", "docker-registry", ["docker-registry", "--version"], docker_registry,
            format="logfmt.*access|access.*logfmt", record=r"^time=|^\d", number=(r'^\d.*" (\d{3}) ', "status"),
            time=program.ACCESS_TIME),
]
