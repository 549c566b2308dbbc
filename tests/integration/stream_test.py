"""Lines that come by standard input, FIFO and socket to the real agent: each counts once, what is lost is counted, and
after `kill -9` there are at most as many as were written."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import harness

SOURCE = """
[agent]
state_dir = "{{directory}}/state"

[[source]]
name = "in"
{keys}

[[metric]]
name = "records_total"
type = "counter"
help = "Records."
"""
LINE = b'{"n": %d, "text": "a line as services write them"}\n'
# What `journalctl -o json` writes, of systemd's documentation: values are texts, MESSAGE may be bytes or null.
JOURNAL = (b'{"__REALTIME_TIMESTAMP":"1764300000000000","PRIORITY":"3","_SYSTEMD_UNIT":"app.service","MESSAGE":"failed"}\n'
           b'{"__REALTIME_TIMESTAMP":"1764300001000000","PRIORITY":"6","_SYSTEMD_UNIT":"app.service","MESSAGE":[104,105]}\n'
           b'{"__REALTIME_TIMESTAMP":"1764300002000000","PRIORITY":"6","_SYSTEMD_UNIT":"db.service","MESSAGE":null}\n')


class StreamTest(unittest.TestCase):
    def agent(self, keys, **arguments):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        agent = harness.Agent(directory.name, SOURCE.format(keys=keys), **arguments)
        self.addCleanup(agent.close)
        return agent

    def value(self, agent, name, **labels):
        return agent.scrape().get((name, tuple(sorted(labels.items()))), 0)

    def records(self, agent):
        return self.value(agent, "records_total")

    def see(self, agent, count):
        harness.wait_until(lambda: self.records(agent) == count, f"{count} records, not {self.records(agent)}")

    def lost(self, agent, reason):
        return self.value(agent, "leeway_source_lost_bytes_total", source="in", reason=reason)

    def rejected(self, agent, reason):
        return self.value(agent, "leeway_source_rejected_lines_total", source="in", reason=reason)

    def status(self, agent, name):
        return self.value(agent, f"leeway_source_{name}", source="in")

    def address(self):
        return "127.0.0.1", harness.free_port()

    # --- sockets ---

    def test_udp(self):
        host, port = self.address()
        agent = self.agent(f'type = "socket"\nlisten = "udp://{host}:{port}"\nformat = "json"\nmax_line = "1KiB"')
        agent.start_and_wait()
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        for n in range(1000):
            client.sendto(LINE % n, (host, port))
        client.sendto(LINE % 1 + LINE % 2, (host, port))  # two lines in one datagram
        client.sendto(b'{"text": "' + b"x" * 2000 + b'"}', (host, port))
        client.sendto(b"no json", (host, port))
        self.see(agent, 1002)
        harness.wait_until(lambda: self.rejected(agent, "too_long") == 1, "the datagram that is too long")
        self.assertEqual(2012, self.lost(agent, "oversize"))
        self.assertEqual(1, self.status(agent, "at_most_once"))
        self.assertEqual(1, self.status(agent, "input_open"))

    def test_what_udp_loses_is_counted(self):
        host, port = self.address()
        agent = self.agent(f'type = "socket"\nlisten = "udp://{host}:{port}"\nformat = "json"\nreceive_buffer = "4KiB"')
        agent.start_and_wait()
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        sent = 50_000
        for n in range(sent):
            client.sendto(LINE % n, (host, port))

        def dropped():
            return self.value(agent, "leeway_source_dropped_total", source="in", reason="receive_buffer")
        harness.wait_until(lambda: self.records(agent) + dropped() == sent,
                           f"{sent} datagrams, received or dropped")

    def test_tcp_in_parts_over_many_connections(self):
        host, port = self.address()
        agent = self.agent(f'type = "socket"\nlisten = "tcp://{host}:{port}"\nformat = "json"')
        agent.start_and_wait()

        def send(number):
            with socket.create_connection((host, port)) as connection:
                text = b"".join(LINE % n for n in range(100))
                for at in range(0, len(text), 97 + number):
                    connection.sendall(text[at:at + 97 + number])
                connection.sendall(b'{"the last line": "has no end"}')
        for _ in range(3):  # reconnects
            senders = [threading.Thread(target=send, args=(number,)) for number in range(10)]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
        self.see(agent, 3 * 10 * 101)
        self.assertEqual(30, self.status(agent, "connections_total"))
        harness.wait_until(lambda: self.status(agent, "open_connections") == 0, "all connections to be closed")

    def test_syslog_with_octet_counting(self):
        host, port = self.address()
        agent = self.agent(f'type = "socket"\nlisten = "tcp://{host}:{port}"\nformat = "syslog"\nmax_line = "1KiB"')
        agent.start_and_wait()
        message = b"<165>1 2026-11-28T04:25:02.003Z host app 9 ID47 - text\nin two lines"
        frame = b"%d %s" % (len(message), message)
        with socket.create_connection((host, port)) as connection:
            for byte in frame:
                connection.sendall(bytes([byte]))
            connection.sendall(frame * 10 + b"2000 " + b"x" * 2000 + frame + frame[:20])
        with socket.create_connection((host, port)) as connection:  # the other framing, on the same port
            connection.sendall(b"<34>Nov  8 04:25:02 host su[9]: a line\n" * 5)
        self.see(agent, 17)
        self.assertEqual(1, self.rejected(agent, "too_long"))
        self.assertEqual(2000, self.lost(agent, "oversize"))
        harness.wait_until(lambda: self.lost(agent, "cut_off") == 20 - len(b"%d " % len(message)), "a frame's beginning")

    def test_connections_have_a_limit(self):
        agent = self.agent('type = "socket"\nlisten = "unix://{{directory}}/s"\nformat = "json"\nmax_connections = 2'
                           .replace("{{", "{").replace("}}", "}"))
        agent.start_and_wait()
        with contextlib.ExitStack() as open_connections:
            for _ in range(4):
                connection = open_connections.enter_context(socket.socket(socket.AF_UNIX))
                connection.connect(str(self.directory / "s"))
                with contextlib.suppress(OSError):
                    connection.sendall(LINE % 1)
            self.see(agent, 2)

            def refused():
                return self.value(agent, "leeway_source_dropped_total", source="in", reason="connection_limit")
            harness.wait_until(lambda: refused() == 2, "two connections to be refused")
            self.assertEqual(2, self.status(agent, "open_connections"))

    def test_local_datagrams(self):
        agent = self.agent('type = "socket"\nlisten = "unixgram://{directory}/s"\nformat = "json"')
        agent.start_and_wait()
        client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        client.connect(str(self.directory / "s"))
        for n in range(5000):  # the sender waits while the agent is busy
            client.send(LINE % n)
        self.see(agent, 5000)

    def test_an_address_that_is_taken_ends_the_start(self):
        host, port = self.address()
        with socket.create_server((host, port)):
            agent = self.agent(f'type = "socket"\nlisten = "tcp://{host}:{port}"\nformat = "json"')
            agent.start()
            self.assertEqual(74, agent.process.wait(timeout=10))
            self.assertIn(f"source 'in': cannot listen at 'tcp://{host}:{port}': Address already in use", agent.messages())

    def test_a_reload_to_an_address_that_is_taken_is_visible(self):
        host, port = self.address()
        agent = self.agent(f'type = "socket"\nlisten = "tcp://{host}:{port}"\nformat = "json"')
        agent.start_and_wait()
        other = harness.free_port()
        with socket.create_server((host, other)):
            agent.config.write_text(agent.config.read_text().replace(str(port), str(other)))
            agent.process.send_signal(signal.SIGHUP)
            harness.wait_until(lambda: self.status(agent, "input_open") == 0, "the socket to be closed")
            harness.wait_until(lambda: self.status(agent, "poll_errors_total") > 0, "an error to be counted")
            self.assertEqual(1, self.status(agent, "unreadable_files"))
        harness.wait_until(lambda: self.status(agent, "input_open") == 1, "the socket to be opened")
        with socket.create_connection((host, other)) as connection:
            connection.sendall(LINE % 1)
        self.see(agent, 1)

    def test_at_most_once_over_kills_and_reloads(self):
        agent = self.agent('type = "socket"\nlisten = "unix://{directory}/s"\nformat = "json"')
        agent.start_and_wait()
        written, before = 0, 0
        for round_ in range(3):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self.directory / "s"))
                for _ in range(2000):
                    connection.sendall(LINE % written)
                    written += 1
                    if written % 500 == 0:
                        agent.process.send_signal(signal.SIGHUP)
                if round_ == 0:
                    self.see(agent, written)  # a reload loses nothing
                    before = written
                time.sleep(0.01)
                agent.kill()
            agent.start_and_wait()
            counted = self.records(agent)
            self.assertLessEqual(before, counted)
            self.assertLessEqual(counted, written)
            before = counted

    def test_a_stop_keeps_all_that_has_arrived(self):
        agent = self.agent('type = "socket"\nlisten = "unix://{directory}/s"\nformat = "json"\nmultiline = "indent"')
        agent.start_and_wait()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.directory / "s"))
            connection.sendall(LINE % 1 + LINE % 2)
            harness.wait_until(lambda: self.status(agent, "connections_total") == 1, "the connection")
            self.assertEqual(0, agent.terminate()[0])
        self.assertFalse((self.directory / "s").exists())
        agent.start_and_wait()
        self.assertEqual(2, self.records(agent))

    # --- FIFOs and standard input ---

    def test_a_fifo_that_comes_later_and_is_replaced(self):
        agent = self.agent('type = "fifo"\npath = "{directory}/f"\nformat = "json"')
        agent.start_and_wait()
        self.assertEqual(0, self.status(agent, "input_open"))
        self.assertIn('"state": "missing"', agent.request("GET", "/api/v1/status")[1])
        fifo = self.directory / "f"
        os.mkfifo(fifo)
        with open(fifo, "wb", buffering=0) as writer:
            writer.write(LINE % 1 + b'{"n": ')
            self.see(agent, 1)
            harness.wait_until(lambda: self.status(agent, "input_open") == 1, "the writer to be seen")
            writer.write(b'2}\n{"the last line": "has no end"}')
        self.see(agent, 3)
        harness.wait_until(lambda: self.status(agent, "input_open") == 0, "the writer's end to be seen")
        for n in range(20):
            subprocess.run(["sh", "-c", f"echo '{{\"n\": {n}}}' > '{fifo}'"], check=True, timeout=30)
        self.see(agent, 23)
        fifo.unlink()
        os.mkfifo(fifo)
        with open(fifo, "wb", buffering=0) as writer:
            writer.write(LINE % 1)
        self.see(agent, 24)

    def test_the_journal_by_a_fifo(self):
        agent = self.agent('type = "fifo"\npath = "{directory}/f"\nformat = "json"\ntime = "__REALTIME_TIMESTAMP"\n'
                           'time_format = "unix_us"')
        os.mkfifo(self.directory / "f")
        agent.start_and_wait()
        with open(self.directory / "f", "wb", buffering=0) as writer:
            writer.write(JOURNAL)
        self.see(agent, 3)
        self.assertEqual(1764300002, self.value(agent, "leeway_source_last_record_timestamp_seconds", source="in"))

    def test_a_file_is_no_fifo(self):
        agent = self.agent('type = "fifo"\npath = "{directory}/f"\nformat = "json"')
        (self.directory / "f").write_bytes(LINE % 1)
        agent.start()
        self.assertEqual(74, agent.process.wait(timeout=10))
        self.assertIn('it is no FIFO; read a file by type = "log"', agent.messages())

    def test_standard_input_and_its_end(self):
        for keys, arguments in (('type = "stdin"', ()), ('type = "log"\npath = "-"', ()),
                                ('type = "log"\npath = "/var/log/app.log"', ("--source.path", "in=-"))):
            with self.subTest(keys=keys):
                agent = self.agent(keys + '\nformat = "json"', arguments=arguments)
                command = [harness.LEEWAY, "run", "--config.file", str(agent.config), "--web.listen-address",
                           f"127.0.0.1:{agent.port}", *agent.arguments]
                agent.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=agent.log, stderr=agent.log)
                harness.wait_until(agent.ready, "the agent to become ready")
                self.assertEqual(1, self.status(agent, "input_open"))
                agent.process.stdin.write(LINE % 1 + b'{"n": 2}')
                agent.process.stdin.flush()
                self.see(agent, 1)
                agent.process.stdin.close()
                self.see(agent, 2)
                harness.wait_until(lambda a=agent: self.status(a, "input_open") == 0, "the end to be seen")
                self.assertIn("source 'in': standard input has ended", agent.messages())
                self.assertEqual(0, agent.terminate()[0])

    def test_without_standard_input(self):
        agent = self.agent('type = "stdin"\nformat = "json"')
        done = subprocess.Popen(["sh", "-c", f"exec '{harness.LEEWAY}' run --config.file '{agent.config}' "
                                             f"--web.listen-address 127.0.0.1:{agent.port} <&-"],
                                stdout=agent.log, stderr=agent.log)
        agent.process = done
        harness.wait_until(agent.ready, "the agent to become ready")
        harness.wait_until(lambda: self.status(agent, "input_open") == 0, "the end to be seen")
        self.assertEqual(0, self.records(agent))
        self.assertEqual(0, agent.terminate()[0])

    # --- replay and configuration ---

    def replay(self, agent, text, *arguments):
        return subprocess.run([harness.LEEWAY, "replay", "--config.file", str(agent.config), *arguments], input=text,
                              capture_output=True, timeout=60)

    def test_a_replay_reads_standard_input_to_its_end(self):
        agent = self.agent('type = "socket"\nlisten = "udp://127.0.0.1:5514"\nformat = "json"')
        text = b"".join(LINE % n for n in range(100_000))
        done = self.replay(agent, text, "--source.path", "in=-")
        self.assertEqual((0, b""), (done.returncode, done.stderr))
        self.assertIn(b"records_total 100000\n", done.stdout)
        state = ("--state.dir", str(self.directory / "replayed"))
        for total in (10, 20):  # it goes on with what it has, and reads to the end with a state too
            done = self.replay(agent, b"".join(LINE % n for n in range(10)), "--source.path", "in=-", *state)
            self.assertIn(b"records_total %d\n" % total, done.stdout)
        done = self.replay(agent, b"")
        self.assertEqual(2, done.returncode)
        self.assertIn(b"source 'in' never ends", done.stderr)

    def test_a_replay_of_a_missing_fifo_fails(self):
        agent = self.agent('type = "fifo"\npath = "{directory}/f"\nformat = "json"')
        done = self.replay(agent, b"")
        self.assertEqual(74, done.returncode)
        self.assertIn(b"No such file or directory", done.stderr)

    def test_a_replay_reads_a_fifo_to_its_writers_end(self):
        agent = self.agent('type = "fifo"\npath = "{directory}/f"\nformat = "json"')
        os.mkfifo(self.directory / "f")
        text = b"".join(LINE % n for n in range(20_000))
        writer = threading.Thread(target=lambda: (self.directory / "f").write_bytes(text))
        writer.start()
        done = self.replay(agent, b"")
        writer.join()
        self.assertIn(b"records_total 20000\n", done.stdout)

    def test_two_sources_cannot_share_an_input(self):
        agent = self.agent('type = "stdin"\nformat = "json"\n[[source]]\nname = "other"\ntype = "stdin"\nformat = "json"')
        done = subprocess.run([harness.LEEWAY, "check", "--config.file", str(agent.config)], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(2, done.returncode)
        self.assertIn("'in' reads standard input already, which only one source can", done.stderr)


if __name__ == "__main__":
    unittest.main()
