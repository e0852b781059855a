#!/usr/bin/env python3
"""A real mail server for tests (aiosmtpd): keeps every mail as a JSON file, and says no where a test wants it.

As a program: tools/with_smtp COMMAND… runs COMMAND with three servers: KONTOR_TEST_SMTP=smtp://localhost:N demands STARTTLS and
the password tea:house, KONTOR_TEST_SMTPS is TLS from the first byte, KONTOR_TEST_SMTP_BARE has no TLS at all.
KONTOR_TEST_SMTP_CA is the certificate, KONTOR_TEST_SMTP_INBOX the folder. Exit code 4 when aiosmtpd is not installed.

Recipients: nobody@ is refused for good (550), later@ for now (451), data@ after the text (554), slow@ gets no answer for a minute.
"""
import asyncio
import json
import logging
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import warnings

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    Controller = None


class Inbox:
    def __init__(self, folder):
        self.folder, self.count = folder, 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("unwanted@"):
            return "553 5.7.1 you may not send as that"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}>: there is nobody of that name"
        if address.startswith("later@"):
            return "451 4.7.1 come back later"
        if address.startswith("slow@"):
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(r.startswith("data@") for r in envelope.rcpt_tos):
            return "554 5.6.0 the text is not to our taste"
        self.count += 1
        name = os.path.join(self.folder, f"{os.getpid()}-{id(self)}-{self.count:06}")
        with open(name + ".part", "w", encoding="ascii") as file:
            json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos, "text": envelope.original_content.decode("latin-1"),
                       "tls": session.ssl is not None, "user": "tea" if getattr(session, "authenticated", False) else "",
                       "connection": id(session)}, file)
        os.rename(name + ".part", name + ".json")
        return "250 OK"


def certificate(folder):
    """(certificate file, server context) of a certificate for localhost that nobody else knows."""
    crt, key = os.path.join(folder, "smtp.crt"), os.path.join(folder, "smtp.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    return crt, context


def check_password(server, session, envelope, mechanism, data):
    good = getattr(data, "login", b"") == b"tea" and getattr(data, "password", b"") == b"house"
    return AuthResult(success=good, handled=good)


class SmtpServer:
    """A context manager; `port` may be given to come back at the same place."""

    def __init__(self, inbox, tls=None, implicit=False, port=0):
        handler = Inbox(inbox)
        words = {}
        if tls and not implicit:
            words = {"tls_context": tls, "require_starttls": True}
        if tls:
            words.update(auth_required=True, auth_require_tls=not implicit, authenticator=check_password)

        class Here(Controller):
            def factory(self):
                return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=False, **words)

        if port == 0:
            import socket
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
        self.port = port
        self.controller = Here(handler, hostname="127.0.0.1", port=port, ssl_context=tls if implicit else None)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def main():
    logging.disable()  # what the tests provoke is not worth telling
    warnings.simplefilter("ignore")
    if len(sys.argv) < 2:
        print("usage: tools/with_smtp COMMAND…", file=sys.stderr)
        return 2
    if sys.argv[1] == "--serve" and Controller is not None:  # PORT INBOX: one server without TLS, until standard input ends
        with SmtpServer(sys.argv[3], port=int(sys.argv[2])):
            print("ready", flush=True)
            sys.stdin.read()
        return 0
    if Controller is None:
        print("with_smtp: aiosmtpd is not there; install it with: apt-get install python3-aiosmtpd", file=sys.stderr)
        return 4
    folder = tempfile.mkdtemp(prefix="kontor-smtp-")
    try:
        inbox = os.path.join(folder, "inbox")
        os.mkdir(inbox)
        crt, context = certificate(folder)
        with SmtpServer(inbox, context) as starttls, SmtpServer(inbox, context, implicit=True) as smtps, SmtpServer(inbox) as bare:
            env = dict(os.environ, KONTOR_TEST_SMTP=f"smtp://localhost:{starttls.port}",
                       KONTOR_TEST_SMTPS=f"smtps://localhost:{smtps.port}", KONTOR_TEST_SMTP_BARE=f"smtp://localhost:{bare.port}",
                       KONTOR_TEST_SMTP_CA=crt, KONTOR_TEST_SMTP_INBOX=inbox)
            return subprocess.run(sys.argv[1:], env=env).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
