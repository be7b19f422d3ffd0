#!/usr/bin/env python3
"""Makes the fixtures of the cleaner scenarios. The same run gives the same bytes: `python3 test/scenarios/make-fixtures.py`."""
import hashlib
import html
import json
import pathlib
import zipfile

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
MADE = (2026, 3, 2, 9, 0, 0)  # the time in every entry, so that the archive never differs

README = """Cleaner tool bundle, build 1797242037
=====================================

Run `sh scan.sh` in this folder. It checks every file of the bundle against
manifest.json and writes report.txt, which goes back to the server as it is
or inside a zip archive:

    curl --cacert ca.pem -F file=@report.zip \\
      https://localhost:5000/xyz/api/cleaner/tasks/report
"""

SCRIPT = """#!/bin/sh
# Checks the bundle against manifest.json and writes report.txt.
cd "$(dirname "$0")" || exit 1
status=PASSED
for file in README.txt signatures.bin; do
  if command -v sha256sum >/dev/null; then sum=$(sha256sum "$file"); else sum=$(shasum -a 256 "$file"); fi
  grep -q "${sum%% *}" manifest.json || status=FAILED
done
echo "task 1, vuln scan: $status" >report.txt
cat report.txt
"""


def signatures(size):
    """Bytes that do not compress, as real signatures do not: a chain of SHA-256."""
    link, made = b"cleaner signatures", b""
    while len(made) < size:
        link = hashlib.sha256(link).digest()
        made += link
    return made[:size]


def bundle():
    files = {"README.txt": README.encode(), "scan.sh": SCRIPT.encode(), "signatures.bin": signatures(16 * 1024)}
    manifest = {
        "build": 1797242037,
        "task": 1,
        "files": [{"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()],
    }
    files["manifest.json"] = (json.dumps(manifest, indent=2) + "\n").encode()
    with zipfile.ZipFile(FIXTURES / "1797242037.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("README.txt", "manifest.json", "scan.sh", "signatures.bin"):
            entry = zipfile.ZipInfo(name, MADE)
            entry.create_system = 3  # Unix, so that scan.sh keeps its permission to run
            entry.external_attr = (0o100755 if name.endswith(".sh") else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])


NAMES = [
    "vuln scan", "disinfect", "Prüfung der Gehäuse", "vérifier l’accès", "очистка кэша", "ウイルススキャン", "清理临时文件", "바이러스 검사",
    "فحص الثغرات", "בדיקת חולשות", "ยกเลิกไฟล์ขยะ", "रोग जाँच", "καθαρισμός δίσκου", "🧹 sweep 🧼", "👩‍🔬 lab check", "Zoe\u0308 (combining)", "İstanbul ıssız",
    "quote \" and backslash \\", "<b>not markup</b> & co", "tab\tand\nnewline", "zero\u200bwidth", "   spaces around   ",
]


def many_tasks():
    """Ten thousand tasks. Ids begin just under 2^53, where a double can no longer tell neighbours apart."""
    first = 2**53 - 5
    rows = [json.dumps({"id": first + n, "name": f"{NAMES[n % len(NAMES)]} {n + 1}"}, ensure_ascii=False) for n in range(10_000)]
    (FIXTURES / "cleaner" / "ten-thousand-tasks.json").write_text('{"tasks":[\n' + ",\n".join(rows) + "\n]}\n", encoding="utf-8")


DOWNLOAD = [
    (1, "200", "the tool bundle, as it should be"),
    (204, "204", "no content: the task has no bundle"),
    (302, "302", "a redirect to id 1"),
    (400, "400", "bad request"),
    (401, "401", "token expired, with WWW-Authenticate"),
    (403, "403", "forbidden"),
    (404, "404", "resource not found, as for every id that is not listed"),
    (409, "409", "the bundle is being built"),
    (410, "410", "the task was withdrawn"),
    (429, "429", "too many requests, with Retry-After"),
    (500, "500", "internal server error"),
    (502, "502", "an HTML page of a proxy"),
    (503, "503", "service unavailable, with Retry-After"),
    (504, "504", "gateway timeout"),
    (9000, "200", "the answer begins after 10 seconds"),
    (9001, "200", "500 bytes a second"),
    (9002, None, "accepted and never answered"),
    (9003, "200", "stalls after 8 KiB and stays open"),
    (9004, None, "connection reset at once"),
    (9005, "200", "connection reset after 8 KiB"),
    (9006, None, "the connection closes without a byte"),
    (9007, None, "bytes that are not HTTP"),
    (9010, "200", "cut at 60 %, with the full Content-Length"),
    (9011, "200", "16 wrong bytes: the length is right, the digest does not agree"),
    (9012, "200", "a Content-Length that is not true"),
    (9013, "200", "an HTML maintenance page in place of the archive"),
    (9014, "200", "an archive of no bytes"),
    (9015, "200", "1 GiB"),
    (9016, "200", "called a zip archive, and is none"),
    (9020, "200", "a file name with umlauts, quotes, Chinese and an emoji"),
    (9021, "200", "a file name that tries to leave the folder it is saved in"),
    (9022, "200", "the archive as text/plain"),
    (9023, "200", "compressed once more (gzip), when the client accepts it"),
    (9024, "302", "a redirect to itself, without end"),
]

REPORT = [
    (401, "401", "token expired"),
    (409, "409", "the report was already received"),
    (413, "413", "the report is too large"),
    (422, "422", "rejected, with reasons"),
    (429, "429", "too many requests, with Retry-After"),
    (500, "500", "internal server error"),
    (503, "503", "service unavailable, with Retry-After"),
    (9000, "200", "the answer begins after 10 seconds"),
    (9002, None, "accepted and never answered"),
    (9004, None, "connection reset"),
    (9006, None, "accepted, then the connection closes without a byte"),
    (9013, "200", "an HTML maintenance page in place of JSON"),
    (9030, "200", "received, and the status is FAILED"),
]


def magic():
    """The list of magic ids, for programs and for people."""
    listed = {
        name: [{"id": number, "status": status and int(status), "what": what} for number, status, what in rows]
        for name, rows in (("download", DOWNLOAD), ("report", REPORT))
    }
    lines = ["{"] + [
        f'  "{name}": [\n' + ",\n".join("    " + json.dumps(row) for row in rows) + ("\n  ]," if name == "download" else "\n  ]")
        for name, rows in listed.items()
    ] + ["}"]
    (FIXTURES / "cleaner" / "magic.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (FIXTURES / "cleaner" / "magic.html").write_text(PAGE.format(download=table(DOWNLOAD, True), report=table(REPORT, False)), encoding="utf-8")


def table(rows, linked):
    def line(number, status, what):
        shown = f'<a href="tasks/download?id={number}">{number}</a>' if linked else str(number)
        return f"<tr><td>{shown}</td><td>{status or 'none'}</td><td>{html.escape(what)}</td></tr>"

    return "\n".join(line(*row) for row in rows)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Cleaner: magic task ids</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse }}
td, th {{ text-align: left; padding: .15rem 1.5rem .15rem 0; border-bottom: 1px solid #ddd }}
td {{ font-variant-numeric: tabular-nums }}
</style>
</head>
<body>
<h1>Magic task ids</h1>
<p>Ask for one of these ids and the cleaner API gives you the trouble it stands for. Nothing needs to be switched on.</p>
<h2>Download</h2>
<p><code>GET /xyz/api/cleaner/tasks/download?id=503</code></p>
<table>
<tr><th>id</th><th>status</th><th>what happens</th></tr>
{download}
</table>
<h2>Report</h2>
<p><code>POST /xyz/api/cleaner/tasks/report</code> with a form field <code>id</code> beside the file: <code>curl -F id=422 -F file=@report.zip …</code></p>
<table>
<tr><th>id</th><th>status</th><th>what happens</th></tr>
{report}
</table>
<p>The same list for programs: this address with <code>Accept: application/json</code>.</p>
</body>
</html>
"""


if __name__ == "__main__":
    (FIXTURES / "cleaner").mkdir(parents=True, exist_ok=True)
    bundle()
    many_tasks()
    magic()
