"""The Debian packages: checked by lintian, installed on a bare Debian, run there by systemd with the units as they are,
upgraded, removed and purged. The packages have the binary of build/release.
"""

import itertools
import os
import pathlib
import re
import sys
import unittest

import machine

sys.path.insert(0, str(machine.ROOT / "build/arrow"))
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402

BUILD = pathlib.Path(os.environ.get("LEEWAY_BIN", machine.ROOT / "build/release/leeway")).parent
FOLDER = machine.ROOT / "build/package"
CONFIG = """
[[source]]
name = "app"
type = "log"
path = "/var/log/app/app.log*"
format = "json"
time = "ts"

[[source]]
name = "table"
type = "file"
path = "/srv/table.parquet"
format = "parquet"
settle = "100ms"

[[metric]]
name = "requests_total"
type = "counter"
source = "app"
help = "Requests."
labels = ["code"]

[[metric]]
name = "rows_total"
type = "counter"
source = "table"
help = "Rows."

[[drift]]
name = "ms"
source = "app"
columns = ["ms"]
reference = { first_rows = 100 }
window = { rows = 50 }
"""
OTHER_METRIC = """
[[metric]]
name = "more_total"
type = "counter"
source = "app"
help = "Added later."
"""


def skip_if(reason):
    if reason:
        print(f"NOT RUN: {reason}", file=sys.stderr)
        raise unittest.SkipTest(reason)


def setUpModule():
    skip_if(machine.cannot_run())
    machine.run(machine.ROOT / "deploy/package.sh", "--build", BUILD, FOLDER, seconds=900)


def packages():
    """leeway, then leeway-parquet."""
    return sorted(FOLDER.glob("*.deb"), key=lambda path: len(path.name))


class LintTest(unittest.TestCase):
    def test_lintian_is_silent(self):
        done = machine.run("lintian", "--fail-on", "error,warning", *FOLDER.glob("*.changes"), check=False)
        self.assertEqual((0, "running with root privileges is not recommended!\n"), (done.returncode, done.stdout))


class ServiceTest(unittest.TestCase):
    """One machine for all tests; each starts with the packages installed, a configuration and a log of 100 lines."""

    @classmethod
    def setUpClass(cls):
        cls.machine = machine.Machine(FOLDER / "root")
        cls.machine.create()
        for path in packages():
            machine.run("cp", path, cls.machine.root / "root")
        cls.machine.do("apt-get install -y --no-install-recommends /root/leeway*.deb")
        cls.installed_without_systemd = cls.machine.do("systemctl is-enabled leeway.service; id leeway").stdout
        skip_if(cls.machine.cannot_boot())
        cls.addClassCleanup(cls.machine.stop)
        cls.machine.boot()

    def setUp(self):
        m = self.machine
        if m.do("command -v leeway", check=False).returncode:
            m.do("dpkg -i /root/leeway*.deb")
        m.do("systemctl stop leeway.service 'leeway@*.service'; rm -rf /var/lib/leeway/* /var/log/app"
             " /etc/systemd/system/leeway.service.d /etc/default/leeway-*; systemctl daemon-reload; systemctl reset-failed")
        folder = m.root / "var/log/app"
        folder.mkdir()
        self.log = folder / "app.log"
        self.log.touch(0o640)
        m.do("chown -R root:adm /var/log/app; chmod 750 /var/log/app; chmod 640 /var/log/app/app.log")
        self.lines = itertools.count()
        self.append(100)
        table = m.root / "srv/table.parquet"
        pyarrow.parquet.write_table(pyarrow.table({"x": list(range(7))}), table)
        m.write("/etc/leeway/leeway.toml", CONFIG)

    def append(self, count):
        with self.log.open("a") as log:
            for i in itertools.islice(self.lines, count):
                log.write('{"ts": %d, "code": 200, "ms": %d}\n' % (1_700_000_000 + i, i % 10))

    def start(self):
        self.machine.do("systemctl start leeway.service")
        self.wait_for(100)

    def start_instance(self, name, port):
        self.machine.do(f"cp /etc/leeway/leeway.toml /etc/leeway/{name}.toml")
        self.machine.write(f"/etc/default/leeway-{name}", f'ARGS="--web.listen-address 127.0.0.1:{port}"\n')
        self.machine.do(f"systemctl start leeway@{name}.service")
        self.wait_for(100, port)

    def wait_for(self, count, port=9464):
        key = ("requests_total", (("code", "200"),))
        self.machine.wait(lambda: self.machine.samples(port).get(key) == count, f"{count} requests counted")

    def value(self, name):
        return self.machine.samples().get((name, ()))

    def messages(self):
        since = self.machine.show("leeway.service", "InactiveExitTimestamp")
        return self.machine.do(f"journalctl --no-pager --output cat --unit leeway.service --since '{since}'").stdout

    def drop_in(self, text):
        self.machine.write("/etc/systemd/system/leeway.service.d/test.conf", text)
        self.machine.do("systemctl daemon-reload")

    def test_installed(self):
        self.assertRegex(self.installed_without_systemd, r"^enabled\nuid=\d+\(leeway\) gid=\d+\(leeway\) groups=.*\(adm\)")
        listed = self.machine.do("dpkg -L leeway leeway-parquet").stdout.split()
        for path in ("/lib/systemd/system/leeway@.service", "/usr/share/man/man1/leeway.1.gz", "/etc/default/leeway",
                     "/usr/share/bash-completion/completions/leeway", "/usr/share/zsh/vendor-completions/_leeway",
                     "/usr/share/fish/vendor_completions.d/leeway.fish", "/usr/share/leeway/leeway.schema.json",
                     "/usr/share/leeway/packs/echo-ridge.toml",
                     "/usr/share/leeway/rules/echo-ridge/rules.yml", "/usr/share/leeway/dashboards/echo-ridge/echo-ridge.json",
                     "/usr/share/doc/leeway/agent/config/CONFIGURATION.md", "/usr/share/doc/leeway/collectors/SOURCES.md",
                     "/usr/share/doc/leeway-parquet/LICENSE.txt.gz"):
            self.assertIn(path, listed)
            self.assertGreater((self.machine.root / path[1:]).stat().st_size, 0, path)
        self.assertEqual([], [path for path in listed if path.startswith("/etc/leeway/")])
        self.assertIn("leeway", self.machine.do("leeway --version").stdout)
        checked = self.machine.do("leeway check --config.file /usr/share/leeway/packs/echo-ridge.toml", check=False)
        self.assertEqual(0, checked.returncode, checked.stdout)

    def test_runs_confined_and_measures_itself(self):
        self.start()
        m = self.machine
        pid = m.show("leeway.service", "MainPID")
        status = m.do(f"cat /proc/{pid}/status").stdout
        uid = m.do("id -u leeway").stdout.strip()
        for line in (f"Uid:\t{uid}\t", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
            self.assertIn(line, status)
        # A user namespace of its own: nothing in the unit was ignored for want of rights.
        self.assertNotEqual(*m.do(f"readlink /proc/{pid}/ns/user /proc/1/ns/user").stdout.split())
        self.assertEqual("700", m.do("stat -c %a /var/lib/leeway").stdout.strip())
        self.machine.wait(lambda: self.value("rows_total") == 7, "the table")
        # The unit hides /proc/stat, from which it is usually computed.
        self.assertAlmostEqual(float(m.do("date +%s").stdout), self.value("process_start_time_seconds"), delta=600)
        self.assertTrue(m.show("leeway.service", "StatusText"))
        m.do("leeway probe")

    def test_says_what_to_do_about_a_log_that_it_may_not_read(self):
        self.machine.do("chgrp daemon /var/log/app/app.log")
        self.machine.do("systemctl start leeway.service")
        self.machine.wait(lambda: "app.log' has mode 0640" in self.messages(), "the message")
        # Its user namespace shows the groups daemon and adm alike: it cannot tell whether it has the right one.
        self.assertRegex(self.messages(), r"PrivateUsers=.*give the agent its group \(SupplementaryGroups=")
        self.machine.do("chgrp adm /var/log/app/app.log")
        self.wait_for(100)

    def test_reload_takes_over_a_good_file_and_survives_a_bad_one(self):
        self.start()
        self.machine.write("/etc/leeway/leeway.toml", CONFIG + OTHER_METRIC)
        self.machine.do("systemctl reload leeway.service")
        self.append(10)
        self.machine.wait(lambda: self.value("more_total") == 10, "the new metric")
        self.wait_for(110)
        self.machine.write("/etc/leeway/leeway.toml", CONFIG + "[[metric]]\n")
        self.machine.do("systemctl reload leeway.service")
        self.machine.wait(lambda: self.value("leeway_config_last_reload_successful") == 0, "the gauge of failed reloads")
        self.append(10)
        self.machine.wait(lambda: self.value("more_total") == 20, "the metric to continue")
        self.assertEqual("active", self.machine.show("leeway.service", "ActiveState"))
        self.assertEqual("0", self.machine.show("leeway.service", "NRestarts"))

    def test_kill_restarts_it_with_the_same_counters(self):
        self.start()
        self.machine.do("kill -9 $(systemctl show --value -p MainPID leeway.service)")
        self.append(10)
        self.wait_for(110)
        self.assertEqual("1", self.machine.show("leeway.service", "NRestarts"))
        self.machine.wait(lambda: self.value("rows_total") == 7, "the table")

    def test_the_watchdog_restarts_one_that_hangs(self):
        self.drop_in("[Service]\nWatchdogSec=1s\n")
        self.start()
        self.machine.do("kill -STOP $(systemctl show --value -p MainPID leeway.service)")
        self.append(10)
        self.machine.wait(lambda: self.machine.show("leeway.service", "NRestarts") == "1", "the restart")
        self.wait_for(110)
        self.assertIn("Watchdog timeout", self.machine.do("journalctl --no-pager -n 50").stdout)

    def test_a_bad_configuration_fails_once(self):
        self.machine.write("/etc/leeway/leeway.toml", CONFIG + "[[metric]]\n")
        self.assertNotEqual(0, self.machine.do("systemctl start leeway.service", check=False).returncode)
        self.assertEqual(["failed", "failed", "2", "0"], [self.machine.show("leeway.service", prop) for prop in (
            "ActiveState", "SubState", "ExecMainStatus", "NRestarts")])
        self.assertIn("leeway.toml:", self.messages())

    def test_a_passing_error_is_retried_without_an_end(self):
        self.drop_in("[Service]\nRestartSec=100ms\nExecStartPre=/bin/sh -c 'exit 74'\n")
        self.machine.do("systemctl start --no-block leeway.service")
        # systemd's default would give up after 5.
        self.machine.wait(lambda: int(self.machine.show("leeway.service", "NRestarts")) > 7, "many attempts")

    def test_without_a_configuration_it_does_not_start_and_does_not_fail(self):
        self.machine.do("rm /etc/leeway/leeway.toml; systemctl start leeway.service")
        self.assertEqual(["inactive", "no"], [self.machine.show("leeway.service", prop) for prop in (
            "ActiveState", "ConditionResult")])

    def test_stop_is_quick_and_clean(self):
        self.start()
        self.machine.do("timeout 5 systemctl stop leeway.service")
        self.assertEqual(["inactive", "success", "0"], [self.machine.show("leeway.service", prop) for prop in (
            "ActiveState", "Result", "ExecMainStatus")])

    def test_instances_have_their_own_configuration_options_and_state(self):
        self.start()
        self.start_instance("a", 9465)
        self.start_instance("b", 9466)
        self.machine.do("kill -9 $(systemctl show --value -p MainPID leeway@a.service)")
        self.append(10)
        for port in (9464, 9465, 9466):
            self.wait_for(110, port)
        owners = self.machine.do("stat -c '%n %a %U' /var/lib/leeway /var/lib/leeway/a /var/lib/leeway/b").stdout
        self.assertEqual(["700 leeway"] * 3, [line.split(maxsplit=1)[1] for line in owners.splitlines()])

    def test_needs_no_network_if_systemd_opens_the_socket(self):
        """As deploy/systemd/README.md describes it."""
        page = (machine.ROOT / "deploy/systemd/README.md").read_text()
        _, socket, drop_in = re.search(r"```\n(# /etc/systemd/system/leeway.socket.*?)\[Socket\](.*?)\n# systemctl edit .*?"
                                       r"(\[Service\].*?)```", page, re.DOTALL).groups()
        self.machine.write("/etc/systemd/system/leeway.socket", "[Socket]" + socket)
        self.drop_in(drop_in)
        defaults = self.machine.root / "etc/default/leeway"
        self.addCleanup(defaults.write_text, defaults.read_text())
        defaults.write_text('ARGS="--web.systemd-socket"\n')
        self.machine.do("systemctl start leeway.socket")
        self.addCleanup(self.machine.do, "systemctl stop leeway.socket leeway.service; rm /etc/systemd/system/leeway.socket")
        self.wait_for(100)
        self.assertIn(" 0.5 ", self.machine.do("systemd-analyze security --no-pager leeway.service | tail -n 1").stdout)

    def test_references_are_managed_as_the_user(self):
        self.start()
        options = "--config.file /etc/leeway/leeway.toml --state.dir /var/lib/leeway"
        self.assertIn("ms", self.machine.do(f"runuser -u leeway -- leeway reference show {options}").stdout)
        self.machine.do(f"runuser -u leeway -- leeway baseline update {options}")
        owners = set(self.machine.do("find /var/lib/leeway -printf '%u\\n'").stdout.split())
        self.assertEqual({"leeway"}, owners)
        self.machine.do("systemctl reload leeway.service")
        self.append(50)
        self.wait_for(150)
        self.assertEqual(1, self.value("leeway_config_last_reload_successful"))

    def test_an_installation_by_cmake_works_as_well(self):
        m = self.machine
        m.do("dpkg --purge leeway leeway-parquet; userdel leeway")
        machine.run("cmake", "--install", BUILD, "--prefix", "/usr/local", env={**os.environ, "DESTDIR": str(m.root)})
        self.addCleanup(m.do, "systemctl stop leeway.service; rm -r /usr/local/bin/* /usr/local/lib/* /usr/local/share/*")
        m.do("systemd-sysusers; systemctl daemon-reload")  # as deploy/systemd/README.md says
        self.start()
        self.assertIn("/usr/local/bin/leeway", m.show("leeway.service", "ExecStart"))
        self.machine.wait(lambda: self.value("rows_total") == 7, "the table")
        self.assertIn("(adm)", m.do("id leeway").stdout)

    def older_package(self):
        """The same package under an earlier version."""
        folder = FOLDER / "older"
        machine.run("rm", "-rf", folder)
        machine.run("dpkg-deb", "--raw-extract", packages()[0], folder)
        control = folder / "DEBIAN/control"
        control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.1", control.read_text(), flags=re.MULTILINE))
        machine.run("dpkg-deb", "-Znone", "--build", folder, self.machine.root / "root/older.deb")

    def test_upgrade_remove_and_purge(self):
        m = self.machine
        self.older_package()
        m.do("dpkg --remove leeway-parquet; dpkg -i /root/older.deb")
        m.write("/etc/leeway/leeway.toml", CONFIG.replace("parquet", "csv"))
        m.write("/etc/default/leeway", 'ARGS="--log.level debug"\n')
        self.start()
        self.start_instance("web", 9465)
        units = {"leeway.service": 9464, "leeway@web.service": 9465}
        before = {unit: m.show(unit, "MainPID") for unit in units}

        m.do("dpkg -i --force-confdef /root/leeway_*.deb")
        self.append(10)
        for unit, port in units.items():
            self.wait_for(110, port)
            self.assertNotEqual(before[unit], m.show(unit, "MainPID"), unit)
        self.assertIn("debug", m.do("cat /etc/default/leeway").stdout)

        m.do("dpkg --remove leeway")
        self.assertEqual(["", ""], [m.get("/metrics", port) for port in units.values()])
        self.assertEqual(0, m.do("ls /var/lib/leeway/checkpoint.a /etc/leeway/leeway.toml /etc/default/leeway").returncode)
        self.assertFalse(m.do("command -v leeway", check=False).stdout)

        m.do("dpkg --purge leeway leeway-parquet")
        left = m.do("find / -xdev -name '*leeway*' -not -path '/proc/*' -not -path '/root/*'"
                    " -not -path '/etc/leeway/*' -not -path '/sys/*'").stdout
        # Only what the administrator has written.
        self.assertEqual(["/etc/default/leeway-web", "/etc/leeway"], sorted(left.split()))
        self.assertIn("leeway", m.do("id leeway").stdout)


if __name__ == "__main__":
    unittest.main()
