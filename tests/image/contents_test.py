"""What is in the image that deploy/image/build.sh makes of the real binary (LEEWAY_BIN): small, the same each time, without
a shell, and its SBOM names everything."""

import functools
import json
import os
import pathlib
import re
import stat
import subprocess
import tarfile
import tempfile
import unittest

import containers
from containers import image, image_parquet, podman, run

TOOLS = containers.ROOT / "build/tools/venv/bin"
MEGABYTE = 1_000_000
LIMIT = 26 * MEGABYTE  # of the layers, as archives
LIMIT_PARQUET = 76 * MEGABYTE


def setUpModule():
    containers.store = containers.Store()
    unittest.addModuleCleanup(containers.store.close)
    if os.geteuid() != 0:
        print("NOT TESTED: only root can build the image without a daemon", flush=True)


class ImageTest(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")


@functools.cache
def root(image_id):
    """The folder of its files."""
    return pathlib.Path(podman("image", "mount", image_id).stdout.strip())


def files(image_id):
    """Their paths inside, with folders and links."""
    top = root(image_id)
    return {f"/{path.relative_to(top)}": path for path in top.rglob("*")}


class BuildTest(ImageTest):
    """What is inside."""

    def test_the_same_binary_gives_the_same_image(self):
        mask = os.umask(0o077)
        self.addCleanup(os.umask, mask)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(image(), containers.build("localhost/leeway:again", "--tool", "podman", TMPDIR=folder,
                                                       SOURCE_URL=containers.SOURCE_URL))

    def test_files_have_the_time_of_the_sources(self):
        # docker keeps the times in the archive; podman and buildah set them.
        with tempfile.TemporaryDirectory() as folder:
            archive = pathlib.Path(folder) / "root.tar"
            run(containers.ROOT / "deploy/image/stage.sh", containers.LEEWAY, archive)
            with tarfile.open(archive) as members:
                self.assertEqual({member.mtime for member in members}, {containers.EPOCH})

    def test_it_is_small(self):
        for image_id, limit in ((image(), LIMIT), (image_parquet(), LIMIT_PARQUET)):
            size = containers.inspect(image_id)["Size"]
            print(f"size of the image: {size / MEGABYTE:.1f} MB", flush=True)
            self.assertLessEqual(size, limit)

    def test_it_says_what_it_is_and_how_it_runs(self):
        settings = containers.inspect(image())["Config"]
        version = run(containers.LEEWAY, "version").stdout.split()[1]
        labels = {key.removeprefix("org.opencontainers.image."): value for key, value in settings["Labels"].items()}
        revision = subprocess.run(["git", "-C", containers.ROOT, "rev-parse", "HEAD"], capture_output=True, text=True)
        if revision.returncode == 0:
            self.assertEqual(labels["revision"].removesuffix("-dirty"), revision.stdout.strip())
        self.assertEqual((labels["title"], labels["version"], labels["created"], labels["licenses"], labels["source"]),
                         ("Leeway", version, "2023-11-14T22:13:20Z", "Apache-2.0", "https://example.org/leeway"))
        self.assertRegex(labels["documentation"], "^https://example.org/leeway/blob/.*/deploy/image/README.md$")
        self.assertEqual(settings["User"], "65532:65532")
        self.assertEqual(settings["Entrypoint"], ["/usr/bin/leeway"])

    def test_nothing_is_inside_that_others_may_write_or_that_is_a_shell(self):
        executable = set()
        for path, file in files(image()).items():
            status = file.lstat()
            owner = (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode))
            if path == "/var/lib/leeway":
                self.assertEqual(owner, (65532, 0, 0o770))
                continue
            self.assertEqual(owner[:2], (0, 0), path)
            if not file.is_symlink():
                self.assertEqual(owner[2] & 0o7022, 0, path)
                if file.is_file() and owner[2] & 0o111 and ".so" not in file.name:
                    executable.add(path)
        self.assertEqual(executable, {"/usr/bin/leeway"})
        self.assertEqual(list((root(image()) / "var").rglob("*")),
                         [root(image()) / "var/lib", root(image()) / "var/lib/leeway"])

    def test_hadolint_is_silent(self):
        done = run(TOOLS / "hadolint", "--ignore", "DL3008", containers.ROOT / "deploy/image/Containerfile", check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


class SbomTest(ImageTest):
    """usr/share/doc/leeway/sbom.spdx.json names what is inside."""

    def sbom(self, image_id):
        path = root(image_id) / "usr/share/doc/leeway/sbom.spdx.json"
        done = run(TOOLS / "pyspdxtools", "--infile", path, check=False)
        # It exits with 0 also if the version of SPDX is wrong.
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(path.read_text())

    def packages(self, image_id):
        """Name -> version."""
        return {package["name"]: package.get("versionInfo") for package in self.sbom(image_id)["packages"]}

    def test_it_names_the_package_of_each_file(self):
        for image_id in (image(), image_parquet()):
            documents, others = set(), []
            for path, file in files(image_id).items():
                if file.is_dir() or re.match("/etc/(passwd|group)|/usr/(bin|lib|share/doc)/(leeway|pyarrow)", path):
                    continue
                document = re.match("/usr/share/doc/([^/]+)/", path)
                documents.update(document.groups() if document else ())
                others.extend([] if document else [path])
            owners = self.owners(others)
            self.assertEqual([path for path in others if path not in owners and f"/usr{path}" not in owners], [])
            expected = documents | set(owners.values())
            self.assertEqual(expected - set(self.packages(image_id)), set())
            self.assertGreater(len(expected), 15)

    def owners(self, paths):
        """Path -> package. Debian knows some files of /lib as /usr/lib and others as /lib."""
        done = run("dpkg-query", "--search", *paths, *(f"/usr{path}" for path in paths), check=False)
        lines = (line.rpartition(": ") for line in done.stdout.splitlines() if not line.startswith("diversion "))
        return {path: package.split(":")[0] for package, _, path in lines}

    def test_versions_are_those_that_are_installed(self):
        for package, version in self.packages(image()).items():
            if package != "leeway":
                self.assertEqual(run("dpkg-query", "--show", "--showformat=${Version}", package).stdout, version)

    def test_it_names_what_the_compiler_read(self):
        folder = containers.LEEWAY.parent
        done = run("ninja", "-C", folder, "-t", "deps")
        headers = sorted(set(re.findall(r"^    (/usr/\S+)$", done.stdout, re.MULTILINE)))
        self.assertGreater(len(headers), 500)
        found = run("dpkg-query", "--search", *headers, check=False).stdout
        read = {line.split(":")[0] for line in found.splitlines()}
        named = self.sources(self.packages(image()).keys() - {"leeway"})
        # The kernel's headers are an interface, and those that the compiler owns are in libstdc++6 and libgcc-s1.
        self.assertEqual(self.sources(read) - named - {"linux"}, set())

    def sources(self, packages):
        return set(run("dpkg-query", "--show", "--showformat=${source:Package}\n", *packages).stdout.split())

    def test_it_names_what_the_bundled_arrow_contains(self):
        packages = self.packages(image_parquet())
        texts = subprocess.run(["strings", *(root(image_parquet()) / "usr/lib/leeway").glob("lib*.so.*")],
                               capture_output=True, text=True).stdout
        self.assertIn("pyarrow", packages)
        for name, text in (("openssl", "OpenSSL {}"), ("curl", "libcurl {}"), ("zlib", "deflate {}"), ("bzip2", "{}, "),
                           ("libxml2", "/libxml2/src/v{}"), ("protobuf", "/protobuf/src/v{}")):
            self.assertIn(text.format(packages[name]), texts)
        self.assertLessEqual({"brotli", "lz4", "snappy", "zstd", "thrift", "azure-sdk-for-cpp"}, packages.keys())
        self.assertNotIn("openssl", self.packages(image()))


if __name__ == "__main__":
    unittest.main()
