"""The language of tests/api/*.test: requests and what the answers must hold. Described in README.md beside this file."""
import hashlib
import hmac
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

from live import LiveSocket
from shop import ADMIN

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def data_folder():
    return os.environ.get("KONTOR_TEST_DATA") or os.path.join(os.path.dirname(ROOT), "shared", "data")


class Failure(Exception):
    pass


class Skipped(Exception):
    pass


def look_up(value, path):
    """`items[0].price.amount`, `items.length`, or `$` for the whole; KeyError when it is not there."""
    if path == "$":
        return value
    for part in re.findall(r"[^.\[\]]+|\[\d+\]", path):
        if part.startswith("["):
            index = int(part[1:-1])
            if not isinstance(value, list) or index >= len(value):
                raise KeyError(path)
            value = value[index]
        elif part == "length" and isinstance(value, (list, str)):
            value = len(value)
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            raise KeyError(path)
    return value


def as_text(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def value(self, path):
        if path.startswith("header:"):
            found = self.header(path[7:])
            if found is None:
                raise KeyError(path)
            return found
        if path == "text":
            return self.body.decode("utf-8", "replace")
        return look_up(json.loads(self.body), path)


def check(answer, word):
    """None when it holds, else what is there instead."""
    found = re.match(r"^(.+?)(!=|>=|<=|=|~|<|>|\?|!)(.*)$", word, re.S)
    if not found:
        return f"cannot read the check '{word}'"
    path, operator, wanted = found.groups()
    try:
        value = answer.value(path)
    except (KeyError, ValueError):
        if operator == "!":
            return None
        return f"{path} is not there"
    text = as_text(value)
    if operator in ("<", ">", "<=", ">="):
        left, right = float(text), float(wanted)
        holds = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]
    else:
        holds = {"=": text == wanted, "!=": text != wanted, "~": wanted in text, "?": True, "!": False}[operator]
    return None if holds else f"{path} is {text}"


def checks_of(text):
    """Quotes keep blanks together only where a word begins a quoted value: title="Green tea", text~"2 created" """
    return [re.sub(r'^([^"]+?[=~])"(.*)"$', r"\1\2", w, flags=re.S) for w in re.findall(r'[^\s="~]+[=~]"[^"]*"|\S+', text)]
def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"], check=True, capture_output=True)


class Script:
    def __init__(self, path):
        self.path = path
        self.folder = tempfile.mkdtemp(prefix="kontor-api-files-")
        self.settings, self.only_store, self.needs = {}, None, []
        self.lines = []
        self.requests = 0
        with open(path, encoding="utf-8") as file:
            pending, first = "", 0
            for number, line in enumerate(file, 1):
                line = line.rstrip("\n")
                if not pending:
                    first = number
                if line.endswith("\\"):
                    pending += line[:-1].rstrip() + " "
                    continue
                line = (pending + line.strip()) if pending else line.strip()
                pending = ""
                if not line or line.startswith("#"):
                    continue
                word, _, rest = line.partition(" ")
                if word == "setting":
                    name, _, value = rest.partition("=")
                    self.settings[name] = value.replace("TMP/", self.folder + "/")
                elif word == "certificate":
                    make_certificate(self.folder, rest.strip())
                elif word == "store":
                    self.only_store = rest
                else:
                    self.lines.append((first, line))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, shop):
        self.shop = shop
        self.variables = {}
        self.tokens = {"admin": ADMIN, "nobody": None}
        self.who = "guest"
        self.headers = {}
        self.socket = None
        for number, line in self.lines:
            try:
                self.step(line)
            except Failure as failure:
                raise Failure(f"{os.path.relpath(self.path)}:{number}: {line}\n    {failure}") from None
            except (OSError, RuntimeError, ValueError) as error:
                log = "".join(shop.log[-15:])
                raise Failure(f"{os.path.relpath(self.path)}:{number}: {line}\n    {type(error).__name__}: {error}\n{log}") from None

    def fill(self, text):
        def value(found):
            name = found.group(1)
            if name == "port":
                return str(self.shop.port)
            if name not in self.variables:
                raise Failure(f"${name} is not known; known: {', '.join(sorted(self.variables))}")
            return self.variables[name]
        return re.sub(r"\$([A-Za-z_][A-Za-z0-9_]*)", value, text)

    def step(self, line):
        word, _, rest = line.partition(" ")
        if word == "products":
            self.import_products(rest)
        elif word == "as":
            self.who = rest.strip()
        elif word == "with":
            name, _, value = self.fill(rest).partition(":")
            self.headers[name.strip()] = value.strip()
        elif word == "restart":
            self.shop.stop_cleanly() if rest != "hard" else self.shop.kill()
            self.shop.start()
        elif word == "raw":
            self.raw(rest)
        elif word in ("eventually", "patiently"):
            self.eventually(rest, 10 if word == "eventually" else 600)
        elif word == "program":
            self.program(rest)
        elif word == "pipe":
            self.pipe(rest)
        elif word == "naughty":
            self.naughty(rest)
        elif word == "shell":
            self.shell(rest)
        elif word == "live":
            self.live(rest)
        elif word == "tell":
            self.socket.send(self.fill(rest))
        elif word == "hear":
            self.hear(rest)
        elif word == "signed":
            self.signed(rest)
        elif word == "signal":
            self.shop.process.send_signal(getattr(signal, "SIG" + rest.strip()))
        elif word in METHODS:
            self.exchange(line)
        else:
            raise Failure(f"'{word}' is no word of this language")

    def import_products(self, rest):
        """One product as imported; binds $<external_id> to its first offer and $<external_id>_product to the product."""
        row = json.loads(self.fill(rest))
        status, _, body = self.shop.request("POST", "/api/v1/admin/import?format=ndjson&on_error=stop", json.dumps(row) + "\n",
                                            {"Authorization": "Bearer " + ADMIN, "Content-Type": "application/x-ndjson"})
        if status != 200:
            raise Failure(f"the import answered {status}: {body.decode()}")
        name = re.sub(r"[^A-Za-z0-9_]", "_", row["external_id"])
        deadline = time.monotonic() + 10
        while True:
            _, _, body = self.shop.request("GET", "/api/v1/admin/products?external_id=" + row["external_id"], None,
                                           {"Authorization": "Bearer " + ADMIN})
            items = json.loads(body).get("items", [])
            if items:
                break
            if time.monotonic() > deadline:
                raise Failure(f"the imported product is not listed: {body.decode()}")
        self.variables[name + "_product"] = items[0]["id"]
        for index, offer in enumerate(items[0]["offers"]):
            self.variables[name if index == 0 else f"{name}_{index}"] = offer["id"]

    def send(self, method, path, body):
        headers = dict(self.headers)
        token = self.tokens.get(self.who)
        if token and "Authorization" not in headers and "Cookie" not in headers:
            headers["Authorization"] = "Bearer " + token
        if body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
        path = path[1:] if path.startswith("@") else "/api/v1" + path
        self.requests += 1
        status, answer_headers, answer_body = self.shop.request(method, path, body.encode() if isinstance(body, str) else body, headers)
        answer = Answer(status, answer_headers, answer_body)
        fresh = answer.header("Session-Token")
        if fresh and self.who not in ("admin", "nobody") and not token:
            self.tokens[self.who] = fresh
        return answer

    def parse(self, line):
        request, arrow, expected = line.rpartition(" -> ")
        if not arrow:
            raise Failure("a request needs ' -> ' and the status it must have")
        method, _, rest = request.strip().partition(" ")
        path, _, body = rest.strip().partition(" ")
        body = self.fill(body.strip()) or None
        if body and body.startswith("<"):
            with open(os.path.join(os.path.dirname(self.path), body[1:]), "rb") as file:
                body = file.read()
        if isinstance(body, str) and body.startswith("repeat "):
            _, text, count = shlex.split(body)
            body = text * int(count)
        return method, self.fill(path), body, checks_of(self.fill(expected))

    def judge(self, answer, words):
        problems = []
        if words[0] != str(answer.status):
            problems.append(f"status is {answer.status}")
        for word in words[1:]:
            if word.startswith("save:"):
                name, _, path = word[5:].partition("=")
                try:
                    self.variables[name] = as_text(answer.value(path))
                except (KeyError, ValueError):
                    problems.append(f"{path} is not there to be saved")
                continue
            problem = check(answer, word)
            if problem:
                problems.append(f"{word}: {problem}")
        return problems

    def exchange(self, line):
        method, path, body, words = self.parse(line)
        answer = self.send(method, path, body)
        self.headers = {}
        problems = self.judge(answer, words)
        if problems:
            raise Failure("; ".join(problems) + "\n    " + answer.body.decode("utf-8", "replace")[:1500])

    def live(self, rest):
        """live /live -> 101: a WebSocket as who asks; `tell {…}` and `hear type=…` are about the last one."""
        path, _, expected = self.fill(rest).rpartition(" -> ")
        headers, self.headers = dict(self.headers), {}
        token = self.tokens.get(self.who)
        if token and not {"Authorization", "Cookie"} & set(headers) and "ticket=" not in path:
            headers["Authorization"] = "Bearer " + token
        if self.socket:
            self.socket.close()
        self.requests += 1
        self.socket = LiveSocket(self.shop.port, "/api/v1" + path.strip(), headers, self.shop.tls)
        problems = self.judge(Answer(self.socket.status, self.socket.headers, self.socket.body), checks_of(expected))
        if problems:
            raise Failure("; ".join(problems) + "\n    " + self.socket.body.decode("utf-8", "replace")[:1500])

    def hear(self, rest):
        """hear type=… : the next message, which must come within 10 s; `hear soon …`: one of the next does; `hear goodbye 1008`."""
        expected = self.fill(rest)
        soon, expected = expected.startswith("soon "), expected.removeprefix("soon ")
        while True:
            try:
                text = self.socket.receive()
            except ConnectionError as error:
                if expected.startswith("goodbye") and expected.split()[-1] in str(error):
                    return
                raise Failure(str(error)) from None
            except TimeoutError:
                raise Failure("nothing was heard for 10 s") from None
            answer = Answer(0, [], text.encode())
            problems = self.judge(answer, ["0", *checks_of(expected)])
            if not problems:
                return
            if not soon and not expected.startswith("goodbye"):
                raise Failure("; ".join(problems) + "\n    " + text[:1500])

    def signed(self, rest):
        """signed SECRET SECONDS POST …: the request carries the signature of a webhook, made so many seconds from now."""
        secret, seconds, line = self.fill(rest).split(" ", 2)
        at = str(int(time.time()) + int(seconds))
        body = self.parse(line)[2].encode()
        mark = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        self.headers["Kontor-Signature"] = f"t={at},v1={mark}"
        self.exchange(line)

    def eventually(self, line, seconds):
        """Repeats a request until it holds, at most so many seconds: for what follows by events, or by a job."""
        if line.startswith("shell "):
            def ask():
                return self.run_shell(line[6:])
        else:
            method, path, body, words = self.parse(line)

            def ask():
                answer = self.send(method, path, body)
                return answer, self.judge(answer, words)
        deadline = time.monotonic() + seconds
        while True:
            answer, problems = ask()
            if not problems:
                self.headers = {}
                return
            if time.monotonic() > deadline:
                raise Failure("; ".join(problems) + "\n    " + answer.body.decode("utf-8", "replace")[:1500])

    def run_shell(self, rest):
        command, _, expected = rest.rpartition(" -> ")
        ports = dict({"PORT": str(self.shop.port), "KONTOR": os.path.join(self.shop.build, "kontor"), "LOG": self.shop.data + ".log"},
                     **{{"Back office": "OFFICE_PORT", "To HTTPS from": "REDIRECT_PORT"}.get(name, "SHOP_PORT"): port
                        for name, port in self.shop.ports.items()})
        here = os.path.dirname(os.path.abspath(self.path)) + "/"
        result = subprocess.run(["bash", "-c", command.replace("TMP/", self.folder + "/").replace("HERE/", here)], env=dict(os.environ, **self.variables, **ports),
                                capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        answer = Answer(result.returncode, [], result.stdout + result.stderr)
        words = re.findall(r'[^\s="~]+[=~]"[^"]*"|\S+', self.fill(expected))
        return answer, self.judge(answer, [re.sub(r'^([^"]*[=~])"(.*)"$', r"\1\2", word, flags=re.S) for word in words])

    def shell(self, rest):
        """shell COMMAND -> 0 [text~…]: a line for bash with what was saved, and $PORT, $OFFICE_PORT, $REDIRECT_PORT, $LOG, $KONTOR."""
        answer, problems = self.run_shell(rest)
        if problems:
            raise Failure("; ".join(problems) + "\n    " + answer.body.decode("utf-8", "replace")[:1500])

    def raw(self, rest):
        """raw "GET / HTTP/1.1\\r\\n…" -> 400 [closed] : bytes as they are; `closed`: the server then closes."""
        text, _, expected = rest.rpartition(" -> ")
        payload = json.loads(self.fill(text).replace("\\0", "\\u0000")).encode("latin-1")
        self.requests += 1
        with socket.create_connection(("127.0.0.1", self.shop.port), timeout=20) as connection:
            connection.sendall(payload)
            words = expected.split()
            data = b""
            while b"\r\n" not in data or "closed" in words:
                try:
                    piece = connection.recv(65536)
                except ConnectionResetError:
                    break  # closed, with bytes of ours unread
                if not piece:
                    break
                data += piece
        status = data[9:12].decode("latin-1") if data.startswith(b"HTTP/1.") else "none"
        if words[0] != status:
            raise Failure(f"status is {status}: {data[:300]!r}")
        for word in words[1:]:
            if word != "closed" and word.encode() not in data:
                raise Failure(f"'{word}' is not in {data[:600]!r}")

    def pipe(self, rest):
        """pipe COMMAND DATA/file | POST /path -> 200 …: what the command prints is the body; skipped where the data is not there."""
        command, _, request = rest.partition(" | ")
        words = [os.path.join(data_folder(), w[5:]) if w.startswith("DATA/") else w for w in shlex.split(command)]
        for w, given in zip(words, shlex.split(command)):
            if given.startswith("DATA/") and not os.path.exists(w):
                raise Skipped(f"{given[5:]} is not there (KONTOR_TEST_DATA names its folder)")
        body = subprocess.run([os.path.join(ROOT, words[0])] + words[1:], check=True, capture_output=True).stdout
        method, path, _, checks = self.parse(request)
        self.headers.setdefault("Content-Type", "application/x-ndjson")
        answer = self.send(method, path, body.decode())
        self.headers = {}
        problems = self.judge(answer, checks)
        if problems:
            raise Failure("; ".join(problems) + "\n    " + answer.body.decode("utf-8", "replace")[:1500])

    def naughty(self, rest):
        """naughty METHOD /path?x=$naughty {"y":"$naughty"} -> 200|422: once for each of the naughty strings."""
        source = os.path.join(data_folder(), "naughty-strings.json")
        if not os.path.exists(source):
            raise Skipped("naughty-strings.json is not there (KONTOR_TEST_DATA names its folder)")
        with open(source, encoding="utf-8") as file:
            strings = json.load(file)
        request, _, expected = rest.rpartition(" -> ")
        method, _, tail = request.partition(" ")
        path, _, body = tail.partition(" ")
        allowed = expected.split("|")
        for number, text in enumerate(strings):
            there = path.replace("$naughty", urllib.parse.quote(text, safe=""))
            form = "x-www-form-urlencoded" in self.headers.get("Content-Type", "")
            quoted = urllib.parse.quote(text, safe="") if form else json.dumps(text)[1:-1]
            inside = self.fill(body.replace("$naughty", "\0").replace("$number", str(number))).replace("\0", quoted)
            answer = self.send(method, self.fill(there), inside or None)
            if str(answer.status) not in allowed:
                raise Failure(f"{text!r}: status is {answer.status}\n    {answer.body.decode('utf-8', 'replace')[:800]}")
            if answer.status in (200, 201) and body and not form:
                echoed = json.loads(answer.body)
                if "title" in echoed and echoed["title"] != text:
                    raise Failure(f"{text!r} came back as {echoed['title']!r}")
        self.headers = {}

    def program(self, rest):
        """program check -> 0 [text~…]: stops the server, runs a command on the same store, starts the server again."""
        command, _, expected = rest.rpartition(" -> ")
        self.shop.stop_cleanly()
        here = os.path.dirname(os.path.abspath(self.path))
        words = [w.replace("HERE/", here + "/").replace("FOLDER/", self.shop.data + "/") for w in shlex.split(self.fill(command))]
        result = self.shop.run(*words)
        answer = Answer(result.returncode, [], (result.stdout + result.stderr).encode())
        problems = self.judge(answer, checks_of(self.fill(expected)))
        if problems:
            raise Failure("; ".join(problems) + "\n    " + answer.body.decode()[:1500])
        self.shop.start()
